/**
 * What is checked of users' settings, and what they put at risk.
 *
 * <p>{@code Timeouts} checks the times that users give to the builder and to single calls. Its
 * texts name the option or method, the value and the range. {@code NO_LIMIT} stands for a wait
 * without a limit, in nanoseconds that can be added to a reading of the clock.
 *
 * <p>{@code Warnings} says in human-readable sentences what a configuration risks: records in
 * memory, too few replicas to survive a failure, replicas that have not registered yet. A node logs
 * the sentences at its start, and {@code Coterie.status()} repeats them. A risk is no error: the
 * node starts all the same.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>timeout</em>: how long one operation may take; never zero
 *   <li><em>grace</em>, <em>wait</em>: a time that may be zero. A wait may be without a limit
 *   <li><em>warning</em>: a risk of a configuration
 * </ul>
 *
 * <p><em>Threading:</em> both are stateless, and any thread may use them.
 *
 * <p>The API uses this room directly, so nothing here may name the API. The other rooms use it,
 * too, except {@code operations}.
 */
package io.coterie.internal.settings;
