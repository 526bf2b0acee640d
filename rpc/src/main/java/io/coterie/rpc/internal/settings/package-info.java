/**
 * What the builders and settings of all modules share.
 *
 * <ul>
 *   <li>{@link Option}: an option of a builder, which may be set once. An <i>option</i> has a name,
 *       by which messages call it, a value that was given, and perhaps a default.
 *   <li>{@link Durations}: durations as messages write them, such as {@code 2 s}.
 * </ul>
 *
 * <p><b>Threads.</b> {@link Durations} has no state. An {@link Option} belongs to its builder, and
 * is no more safe for use by several threads than that is.
 *
 * <p><b>Who may call.</b> Any code of the library, the other modules included: that is why this
 * room is exported to them. Users see neither class, but what they do: the text of an exception.
 */
@NullMarked
package io.coterie.rpc.internal.settings;

import org.jspecify.annotations.NullMarked;
