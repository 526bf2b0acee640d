package io.coterie.consistency.internal.coordination.rules;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;

/**
 * The owner that holds a lease or waits for one: one acquisition, and no other, ever.
 *
 * @param origin drawn at random by the node, anew at each start
 * @param number of the acquisition at that node
 */
public record OwnerId(long origin, long number) {
    void encode(ByteWriter out) {
        out.putLong(origin).putLong(number);
    }

    static OwnerId decode(ByteBuffer in) {
        return new OwnerId(in.getLong(), in.getLong());
    }
}
