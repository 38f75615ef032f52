// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0

/**
 * From an event of one of Duo's logs to Google SecOps' Unified Data Model (UDM): {@link dev.duocollector.udm.UdmMapper} maps by
 * the log's {@link dev.duocollector.udm.MappingTable}, {@link dev.duocollector.udm.UdmRules} checks what comes out. What each row
 * means, and where Google's page cannot be taken at its word, is in UDM.md.
 */
@NullMarked
package dev.duocollector.udm;

import org.jspecify.annotations.NullMarked;
