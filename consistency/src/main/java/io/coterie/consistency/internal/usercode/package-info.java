/**
 * How code of the application is called: listeners of watches and of elections.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>The <em>executor</em> is the application's own, and runs its code. It may have no room
 *         for a task, or throw what it likes.
 *     <li>A call is <em>owed</em> once the loop has decided it: it is made, however often the
 *         executor refuses.
 * </ul>
 *
 * <p>Each listener is called by one thread at a time, in the order in which the loop decided.
 * Nothing here waits for the application.
 *
 * <p>Threading: tasks are handed over on the loop and run on the executor.
 *
 * <p>Callers: the rooms of watches and of elections.
 */
package io.coterie.consistency.internal.usercode;
