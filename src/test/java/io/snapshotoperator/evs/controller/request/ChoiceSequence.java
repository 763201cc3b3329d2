/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.request;

/**
 * The choices of one run of the model: bytes that were drawn before, so that a run can be repeated and shortened. Zero is
 * always the undisturbed choice. After the last byte every choice is zero.
 */
final class ChoiceSequence {
    private final byte[] bytes;
    private int read;

    ChoiceSequence(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /** Makes every further choice zero. */
    void end() {
        read = bytes.length;
    }

    boolean isOver() {
        return read >= bytes.length;
    }

    /** Returns one of {@code 0} to {@code choices - 1}. */
    int draw(int choices) {
        return isOver() ? 0 : Byte.toUnsignedInt(bytes[read++]) % choices;
    }

    /** Returns true about once in so many times. */
    boolean once(int times) {
        return draw(times) == times - 1;
    }
}
