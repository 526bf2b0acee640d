package io.coterie.failuredetector.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** This process was paused. */
@Name("io.coterie.failuredetector.OwnPause")
@Label("Pause of This Process")
@Description("The node's loop did not run, or the machine was suspended")
@Category("Coterie")
@StackTrace(false)
final class OwnPauseEvent extends Event {
    @Label("Length")
    @Timespan(Timespan.NANOSECONDS)
    long length;

    @Label("Sign")
    @Description("What showed the pause: a late timer, or the wall clock")
    @Nullable
    String sign;

    static void emit(long nanos, String sign) {
        OwnPauseEvent event = new OwnPauseEvent();
        if (event.isEnabled()) {
            event.length = nanos;
            event.sign = sign;
            event.commit();
        }
    }
}
