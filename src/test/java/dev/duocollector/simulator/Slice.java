// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The events of one page, out of an {@link EventStore}.
 *
 * @param items the events' JSON in UTF-8, joined by commas
 * @param last the position of the last of them, absent if there are none
 * @param more whether events visible now follow in the window
 * @param total how many events visible now the whole window has
 */
public record Slice(ByteBuffer items, int count, Optional<Position> last, boolean more, long total) {}
