package io.coterie.replication.quorums;

import java.util.List;
import java.util.function.LongPredicate;

/** Whole rows or columns of a grid, or one of each. */
final class GridQuorums extends MemberQuorums {
    private final long[] rows;
    private final long[] columns;
    private final boolean needsRow;
    private final boolean needsColumn;

    GridQuorums(List<String> members, int rows, int columns, boolean needsRow, boolean needsColumn) {
        super(members);
        if (members.size() != rows * columns) {
            throw new IllegalArgumentException("a grid of " + rows + " rows and " + columns + " columns has "
                    + rows * columns + " members, and there are " + members.size() + ", " + members
                    + ": give a grid of that size, or another quorum system");
        }
        this.rows = new long[rows];
        this.columns = new long[columns];
        this.needsRow = needsRow;
        this.needsColumn = needsColumn;
        for (int i = 0; i < members.size(); i++) {
            this.rows[i / columns] |= 1L << i;
            this.columns[i % columns] |= 1L << i;
        }
    }

    @Override
    public boolean isQuorum(long some) {
        return (!needsRow || whole(rows, some) > 0) && (!needsColumn || whole(columns, some) > 0);
    }

    private static int whole(long[] lines, long some) {
        int count = 0;
        for (long line : lines) {
            count += (line & ~some) == 0 ? 1 : 0;
        }
        return count;
    }

    @Override
    public int failuresSurvived(long alive) {
        if (isQuorum(alive)) {
            // One member of each whole row, or one of each whole column, ends it.
            int ends = Integer.MAX_VALUE;
            ends = needsRow ? Math.min(ends, whole(rows, alive)) : ends;
            ends = needsColumn ? Math.min(ends, whole(columns, alive)) : ends;
            return ends - 1;
        }
        int[] missing = {Long.SIZE};
        visit(quorum -> {
            missing[0] = Math.min(missing[0], Long.bitCount(quorum & ~alive));
            return true;
        });
        return -missing[0];
    }

    @Override
    boolean visit(LongPredicate visitor) {
        if (needsRow && needsColumn && (rows.length == 1 || columns.length == 1)) {
            return visitor.test(all());
        }
        for (long row : needsRow ? rows : new long[1]) {
            for (long column : needsColumn ? columns : new long[1]) {
                if (!visitor.test(row | column)) {
                    return false;
                }
            }
        }
        return true;
    }
}
