// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The content of a good answer, before it is given its {@link PageForm}.
 *
 * @param items the events' JSON in UTF-8, joined by commas
 * @param nextOffset present on every page with events, also on the last one
 * @param last whether no event follows that is visible now
 * @param total how many events of the whole window are visible now
 */
public record Page(ByteBuffer items, Optional<String> nextOffset, boolean last, long total) {}
