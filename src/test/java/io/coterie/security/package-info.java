/**
 * Who may do what: nodes that prove who they are, nodes that cannot, and the roles that the methods
 * of a replica ask for.
 */
package io.coterie.security;
