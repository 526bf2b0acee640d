/**
 * Tells which peers seem to be up, from the frames that arrive from them. A verdict only steers preference,
 * such as whom to ask first: no safety property depends on it.
 */
package io.coterie.failuredetector;
