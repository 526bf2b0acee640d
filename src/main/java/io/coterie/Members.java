package io.coterie;

import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.internal.change.ChangeRequest;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.change.Changes;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.MemberState;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of the cluster, which keep its records. They change while the cluster works: one is
 * replaced, added or removed at a time, from any member. No acknowledged write of a strong store is
 * lost, and no operation has to be repeated. Of an eventual store, what only a dead member had is
 * lost.
 *
 * <p>A newcomer is started first, as a replica with an empty directory, that has its own line and
 * finds the members by {@link CoterieBuilder#joining} or by lines of theirs. It waits until a
 * member adds it.
 *
 * <p>A replica that has lost its records takes the place of them by itself, while a majority of the
 * members works.
 *
 * <p><em>Threading:</em> safe for use by any number of threads.
 */
public final class Members {
    private static final Logger log = LoggerFactory.getLogger(Members.class);

    private final NodeReplication replication;
    private final @Nullable Changes changes;
    private final boolean force;

    Members(NodeReplication replication, @Nullable Changes changes, boolean force) {
        this.replication = replication;
        this.changes = changes;
        this.force = force;
    }

    /** The members as this node knows them now. */
    public MembersView view() {
        Configuration known = replication.configuration();
        return known == null ? new MembersView(0, false, List.of(), List.of()) : view(known);
    }

    private MembersView view(Configuration known) {
        return new MembersView(
                known.epoch(),
                known.isMoving(),
                known.members().stream()
                        .map(member -> new Member(
                                member.id().node(),
                                member.id().incarnation(),
                                member.address().isEmpty() ? null : member.address(),
                                member.state() == MemberState.LEAVING,
                                known.isKeeper(member.id())))
                        .toList(),
                spares(known));
    }

    private List<Spare> spares(Configuration known) {
        return changes == null
                ? List.of()
                : changes.spares().waiting().stream()
                        .filter(spare -> known.named(spare.node()).isEmpty())
                        .map(spare -> new Spare(spare.node(), spare.address().isEmpty() ? null : spare.address()))
                        .toList();
    }

    /**
     * Calls a listener on the event loop whenever the members change, and soon with those of now.
     *
     * @param listener must not block; what it throws is logged
     */
    public void addListener(Consumer<MembersView> listener) {
        Objects.requireNonNull(listener, "listener must not be null");
        replication.onConfiguration(known -> {
            try {
                listener.accept(view(known));
            } catch (Throwable e) {
                log.warn("a listener of members threw: repair it", e);
            }
        });
    }

    /**
     * The same members, whose changes are also made where a check would refuse them: a member that
     * is alive is replaced, and a removal may leave no vote to spare.
     */
    public Members withForce(boolean forced) {
        return new Members(replication, changes, forced);
    }

    /**
     * Adds a member.
     *
     * @param name that of a running replica, which is no member
     * @param address where the others reach it, as in {@code 10.0.0.4:7400}
     * @throws IllegalArgumentException if the name or the address is not of its form
     */
    public MemberChange add(String name, String address) {
        return begin(new ChangeRequest(null, newcomer(name, address), force));
    }

    /**
     * Removes a member. Its records stay where they are, and no longer count.
     *
     * @throws IllegalArgumentException if the name is not of its form
     */
    public MemberChange remove(String name) {
        return begin(new ChangeRequest(NodeId.of(name), null, force));
    }

    /**
     * Has a running replica take the place of a member, which is dead.
     *
     * @param old the member that goes
     * @param name that of the replica, which is no member
     * @param address where the others reach it, as in {@code 10.0.0.4:7400}
     * @throws IllegalArgumentException if a name or the address is not of its form
     */
    public MemberChange replace(String old, String name, String address) {
        return begin(new ChangeRequest(NodeId.of(old), newcomer(name, address), force));
    }

    /**
     * A member listens at another address from now on: the others dial it there.
     *
     * @throws IllegalArgumentException if the name or the address is not of its form
     */
    public MemberChange moved(String name, String address) {
        NodeId member = NodeId.of(name);
        HostPort there = HostPort.parse(address);
        MemberChange change = change("move " + name + " to " + address);
        Changes driver = changes;
        if (driver == null) {
            return noMember(change);
        }
        replication.world().scheduler().execute(() -> driver.move(member, there.toString(), change::end));
        return change;
    }

    /**
     * Removes this node's own replica. The change is made once the others have all that it has, and
     * can do without it: the node may be closed then. Until then it votes, and after it the node
     * works as a client does. {@link Coterie#leave} closes it, too.
     *
     * <p>Refused as {@link #remove} is. A replica that has left does not come back by itself when
     * it is started again with its directory: {@link #add} it, or give it an empty directory.
     */
    public MemberChange leave() {
        NodeId self = replication.self();
        MemberChange change = change("remove " + self + ", which leaves");
        Changes driver = changes;
        if (driver == null) {
            return noMember(change);
        }
        replication.world().scheduler().execute(() -> driver.leave(force, change.listener()));
        return change;
    }

    private static Newcomer newcomer(String name, String address) {
        return new Newcomer(NodeId.of(name), HostPort.parse(address).toString());
    }

    private MemberChange begin(ChangeRequest request) {
        MemberChange change = change(request.toString());
        Changes driver = changes;
        if (driver == null) {
            return noMember(change);
        }
        replication.world().scheduler().execute(() -> driver.begin(request, change.listener()));
        return change;
    }

    private MemberChange change(String what) {
        return new MemberChange(what, replication.world(), changes);
    }

    private static MemberChange noMember(MemberChange change) {
        change.end(new ChangeRefusedException(
                Reason.NO_MEMBER, change.what() + ": this node is a client. Ask for it at a member"));
        return change;
    }

    @Override
    public String toString() {
        return view().toString();
    }
}
