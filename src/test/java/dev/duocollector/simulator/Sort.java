// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

/** The order of a page by {@link Position}; Duo's default is the descending one. */
public enum Sort {
    ASCENDING,
    DESCENDING
}
