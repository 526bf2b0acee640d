/**
 * How code of the application is called: listeners of watches and of elections.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>executor</em>: the application's own, on which its code runs. It may have no room for a
 *       task, or throw what it likes
 *   <li><em>owed</em>: said of a call that was decided on the loop. It is made, however often the
 *       executor refuses it
 * </ul>
 *
 * <p>Each listener is called by one thread at a time, in the order in which the loop decided.
 * Nothing here waits for the application.
 *
 * <p><em>Threading:</em> tasks are handed over on the loop and run on the executor. The rooms of
 * watches and of elections call this one.
 */
package io.coterie.consistency.internal.usercode;
