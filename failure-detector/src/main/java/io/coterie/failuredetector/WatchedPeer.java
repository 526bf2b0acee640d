package io.coterie.failuredetector;

import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one peer. It is given the time and reads no clock, so that the same calls
 * always end in the same state. All changes happen on the loop; any thread may read the state.
 *
 * <p>Silence is measured from the last message of any kind, but the rhythm is learned from
 * heartbeats alone. Under load, thousands of messages in a millisecond would push every regular
 * inter-arrival time out of the window.
 */
final class WatchedPeer {
    private final NodeId id;
    private final Estimator estimator;
    private final QualityRecord quality = new QualityRecord();
    private final PeerStarts starts = new PeerStarts();

    /** Written by the loop only, which needs no fence for it: it is written for each message. */
    private final AtomicLong lastArrival;

    private volatile Opinion opinion;

    /** The opinion by the silence of the peer alone: up, unknown, suspected or down. */
    private PeerState bySilence = PeerState.UNKNOWN;

    private long upSince;

    /** Whether the peer reports that it does not hear this node. */
    private boolean deaf;

    /** When another peer heard this one last, at the latest that is known. */
    private long seenAt;

    private boolean isSeen;

    /** Whether others hear the peer, while it is down for this node. */
    private boolean elsewhere;

    /** Whether the peer has said that it ends. */
    private boolean ended;

    private volatile @Nullable String shortfall;
    private long lastHeartbeat;
    private boolean inRhythm;

    /** Whether a message came of which it is not known yet whether it is news. */
    private boolean unread;

    private long arrivalBefore;

    /** Whether the connection was lost after the last message, so that another process may follow. */
    private boolean lost;

    /** Until when the loss of its connection is no evidence; null if none is to be excused. */
    private @Nullable Long excusedUntil;

    /** One object, so that other threads read what belongs together. */
    private record Opinion(PeerState state, long since, long changes, long heldBefore) {}

    WatchedPeer(NodeId id, Estimator estimator, long now) {
        this.id = id;
        this.estimator = estimator;
        this.opinion = new Opinion(PeerState.UNKNOWN, now, 0, 0);
        this.lastArrival = new AtomicLong(now);
    }

    NodeId id() {
        return id;
    }

    PeerState state() {
        return opinion.state;
    }

    /** See {@link Estimator#shortfall()}; as of the last judgment. */
    @Nullable
    String shortfall() {
        return shortfall;
    }

    PeerView view(long now) {
        Opinion held = opinion;
        return new PeerView(
                held.state,
                Duration.ofNanos(Math.max(0, now - held.since)),
                held.state == PeerState.UNKNOWN
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.max(0, now - lastArrival.get()))),
                held.changes);
    }

    ObservedQuality quality(long now) {
        return quality.at(now);
    }

    /** For how long the opinion before this one was held. */
    long heldBeforeNanos() {
        return opinion.heldBefore;
    }

    long silenceNanos(long now) {
        return now - lastArrival.getPlain();
    }

    /**
     * A message comes, and will be handled right after this call. If it turns out to be an old
     * heartbeat, it is {@linkplain #isNoSign no sign of life}. What came before in the same turn,
     * and was none, is settled here.
     *
     * @return whether {@link #settle} must be called when it has been handled
     */
    boolean comes(long now) {
        settle(now);
        arrivalBefore = lastArrival.getPlain();
        if (bySilence == PeerState.UP && excusedUntil == null) {
            lastArrival.lazySet(now);
            return false;
        }
        unread = true;
        return true;
    }

    /** What came last was handled, and was a sign of life unless it is known that it was not. */
    void settle(long now) {
        if (unread) {
            arrival(now);
        }
    }

    /** What came last shows nothing. */
    void isNoSign() {
        unread = false;
        lastArrival.lazySet(arrivalBefore);
    }

    void arrival(long now) {
        unread = false;
        if (ended) {
            // It was sent before the last heartbeat, or by a start that is not known yet.
            return;
        }
        lastArrival.lazySet(now);
        excusedUntil = null;
        if (bySilence != PeerState.UP) {
            upSince = now;
            elsewhere = false;
            quality.up(now, !lost);
            become(PeerState.UP, now);
        }
        lost = false;
    }

    /**
     * A heartbeat came.
     *
     * @param awakeNanos for how long this node has not been paused
     * @param enoughNanos after so long awake, silence at the other end is no fault of this node
     */
    PeerStarts.Novelty take(Heartbeat beat, Beats own, long now, long awakeNanos, long enoughNanos) {
        PeerStarts.Novelty novelty = starts.take(beat, own.start(), own.number());
        if (!novelty.isNews()) {
            isNoSign();
            return novelty;
        }
        if (novelty == PeerStarts.Novelty.NEW_START) {
            beginAnew();
        } else {
            // One without a start comes of an older version, which cannot say that it ends.
            ended &= beat.version != Heartbeat.EMPTY;
        }
        hear(beat, own.start(), now, awakeNanos, enoughNanos);
        heartbeat(now);
        ended |= beat.leaves;
        become(bySilence, now);
        return novelty;
    }

    /** What was learned was of another process. */
    private void beginAnew() {
        inRhythm = false;
        estimator.forget();
        lost = true;
        ended = false;
        deaf = false;
        isSeen = false;
    }

    private void hear(Heartbeat beat, long ownStart, long now, long awakeNanos, long enoughNanos) {
        if (beat.opinion != Heartbeat.Opinion.DOWN) {
            deaf = false;
        } else if (beat.suspects(ownStart)) {
            // Not if this node was paused in that time: then it has sent nothing.
            // Nor if neither end has heard the other: then the link was cut both ways.
            // The silence grows as fast as what it is compared with, so a part of it must be enough.
            long needed = Math.min(TimeUnit.MILLISECONDS.toNanos(beat.silentMillis), enoughNanos);
            boolean heard = bySilence == PeerState.UP && now - upSince > needed;
            deaf |= heard && awakeNanos > needed;
        }
    }

    /** Writes into a heartbeat for the peer what is thought of it. */
    void describe(Heartbeat beat, long now) {
        beat.opinion = Heartbeat.Opinion.of(bySilence);
        beat.heardStart = starts.present();
        beat.heardNumber = starts.highest();
        beat.silentMillis = bySilence == PeerState.UNKNOWN ? -1 : silentMillis(now);
    }

    void heartbeat(long now) {
        arrival(now);
        if (inRhythm) {
            estimator.interArrival(now - lastHeartbeat);
        }
        lastHeartbeat = now;
        inRhythm = true;
    }

    /**
     * The connection is lost. The peer may come back as another process, with another rhythm.
     *
     * @param newExcuse until when that is no evidence against the peer, if nothing else comes from
     *     it; null if it is evidence
     */
    void disconnected(long now, @Nullable Long newExcuse) {
        inRhythm = false;
        lost = true;
        estimator.forget();
        deaf = false;
        if (bySilence != PeerState.UP || ended) {
            become(bySilence, now);
            return;
        }
        if (newExcuse == null) {
            suspect(PeerState.SUSPECTED, now);
        } else if (excusedUntil == null) {
            // A second excuse does not prolong the first. So a process that is paused again and
            // again still notices a dead peer.
            excusedUntil = newExcuse;
        }
    }

    /** A connection was made. If the peer had ended, another process has its name now. */
    void connected(long now) {
        if (ended) {
            ended = false;
            bySilence = PeerState.SUSPECTED;
            become(bySilence, now);
        }
    }

    /**
     * Judges the silence. The state can only get worse here; an arrival makes it better.
     *
     * @param linkNanos for how long not even a part of a message has arrived
     */
    void judge(long now, long linkNanos) {
        if (ended || isExcused(now)) {
            return;
        }
        PeerState state = bySilence;
        if (state == PeerState.UP || state == PeerState.SUSPECTED) {
            PeerState verdict = estimator.verdict(Math.min(silenceNanos(now), linkNanos));
            if (verdict.compareTo(state) > 0) {
                suspect(verdict, now);
            }
            shortfall = estimator.shortfall();
        }
        if (bySilence == PeerState.DOWN) {
            judgeElsewhere(now);
        }
    }

    private void judgeElsewhere(long now) {
        PeerState others = othersVerdict(now);
        // In between, it is not known yet whether the peer has died.
        if (others != PeerState.SUSPECTED) {
            elsewhere = others == PeerState.UP;
            become(bySilence, now);
        }
    }

    private PeerState othersVerdict(long now) {
        return isSeen ? estimator.verdict(Math.max(0, now - seenAt)) : PeerState.DOWN;
    }

    /** Whether it is of use to ask others about the peer. */
    boolean isMissed() {
        return !ended && (bySilence == PeerState.SUSPECTED || bySilence == PeerState.DOWN);
    }

    /** What this node has heard of the peer, for one that does not hear it. */
    Sighting sighting(long now) {
        return bySilence == PeerState.UNKNOWN || ended
                ? Sighting.NONE
                : new Sighting(starts.present(), silentMillis(now));
    }

    /**
     * Another peer has heard this one.
     *
     * @param start the start that it has heard
     */
    void seenElsewhere(long start, long at) {
        // What is known of an earlier start shows nothing of this one.
        if (start >= starts.present() && (!isSeen || at - seenAt > 0)) {
            isSeen = true;
            seenAt = at;
        }
    }

    private int silentMillis(long now) {
        return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(silenceNanos(now)));
    }

    /** Subtracts a pause of this node from the silence: nobody was listening. */
    void discountPause(long nanos, long now) {
        lastArrival.lazySet(lastArrival.getPlain() + Math.min(nanos, silenceNanos(now)));
        lastHeartbeat += Math.min(nanos, now - lastHeartbeat);
        seenAt += Math.min(nanos, now - seenAt);
        quality.discountPause(nanos);
        if (excusedUntil != null) {
            excusedUntil += nanos;
        }
    }

    private boolean isExcused(long now) {
        if (excusedUntil == null) {
            return false;
        }
        if (now - excusedUntil < 0) {
            return true;
        }
        excusedUntil = null;
        suspect(PeerState.SUSPECTED, now);
        return false;
    }

    private void suspect(PeerState worse, long now) {
        quality.worse(worse, now, silenceNanos(now));
        become(worse, now);
    }

    private void become(PeerState newBySilence, long now) {
        bySilence = newBySilence;
        PeerState state = ofAll();
        if (state != opinion.state) {
            opinion = new Opinion(state, now, opinion.changes + 1, now - opinion.since);
        }
    }

    /** The opinion by all that is known. */
    private PeerState ofAll() {
        if (ended) {
            return PeerState.CLOSED;
        }
        return switch (bySilence) {
            case UP -> deaf ? PeerState.ONE_WAY : PeerState.UP;
            case DOWN -> elsewhere ? PeerState.UNREACHABLE_FROM_HERE : PeerState.DOWN;
            default -> bySilence;
        };
    }
}
