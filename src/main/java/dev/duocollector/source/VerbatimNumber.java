// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

/** A JSON number that Java's own number types would not print as it was sent: {@code -0}, {@code 1e5}. */
final class VerbatimNumber extends Number {

    private static final long serialVersionUID = 1L;

    private final String text;

    VerbatimNumber(String text) {
        this.text = text;
    }

    @Override
    public int intValue() {
        return (int) doubleValue();
    }

    @Override
    public long longValue() {
        return (long) doubleValue();
    }

    @Override
    public float floatValue() {
        return Float.parseFloat(text);
    }

    @Override
    public double doubleValue() {
        return Double.parseDouble(text);
    }

    /** Two are equal when they were sent alike: {@code 1e5} and {@code 1E5} differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof VerbatimNumber number && number.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
