/**
 * Users' code that blocks, throws or never returns: codecs, functions of updates, listeners, stages
 * of futures. It may harm its own operation, and no other.
 */
package io.coterie.usercode;
