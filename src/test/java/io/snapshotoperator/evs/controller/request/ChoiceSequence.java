/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

/**
 * Where the model takes its chances from: bytes that were drawn beforehand, so that a run can be repeated and shortened.
 * Zero is always the undisturbed choice, and a tape that has run out goes on with zeros.
 */
final class ChoiceSequence {
    private final byte[] bytes;
    private int read;

    ChoiceSequence(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    boolean isOver() {
        return read >= bytes.length;
    }

    /** One of {@code 0} to {@code choices - 1}. */
    int draw(int choices) {
        return isOver() ? 0 : Byte.toUnsignedInt(bytes[read++]) % choices;
    }

    /** True about once in so many times. */
    boolean once(int times) {
        return draw(times) == times - 1;
    }
}
