// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.udm.MappingTable.Row;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Maps an event of Duo's telephony log to the UDM event that Google SecOps should make of it. The event may be an item of
 * Duo's API, version 2 or 1, or a row as Duo's own client or this collector makes it: a map of its fields. What comes out is a
 * map in the names of proto3's JSON (lowerCamelCase), valid by {@link UdmRules}; every value in it is a text, as UDM's labels
 * demand.
 *
 * <p>A pure function of the event: no clock, no name server. Thread-safe.
 */
public final class UdmMapper {

    private final List<Row> rows;
    private final Set<String> mappedFields;

    /** Maps by the table alone. */
    public UdmMapper() {
        this(false);
    }

    /**
     * Maps by the table, with what it leaves open.
     *
     * @param ids also maps {@code telephony_id} to metadata.productLogId, and {@code txid} to network.sessionId
     */
    public UdmMapper(boolean ids) {
        List<Row> chosen = new ArrayList<>(MappingTable.ROWS);
        if (ids) {
            chosen.addAll(MappingTable.IDS);
        }
        rows = List.copyOf(chosen);
        Set<String> fields = rows.stream()
                .map(Row::logField)
                .filter(field -> !field.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        // Row 16 looks there, too, for the rows of the log's first version.
        fields.add("isotimestamp");
        mappedFields = Set.copyOf(fields);
    }

    public static UdmMapper of(Settings settings) {
        return new UdmMapper(settings.log().get(SettingTable.UDM_IDS));
    }

    /**
     * Maps one event, which stays as it is.
     *
     * @param event the fields by their names, as {@code TelephonyEvent} or as any JSON library reads them
     * @throws UnmappableEventException if the event has no time that can be read, or would break one of the {@link UdmRules}
     */
    public Map<String, Object> map(Map<?, ?> event) throws UnmappableEventException {
        Fields fields = new Fields(event);
        UdmBuilder builder = new UdmBuilder();
        for (Row row : rows) {
            row.logic().accept(fields, builder);
        }
        Map<String, Object> udm = builder.build();
        List<String> flaws = new ArrayList<>(fields.flaws());
        if (!builder.hasEventTimestamp()) {
            flaws.add("no time can be read from ts, timestamp or isotimestamp");
        } else {
            flaws.addAll(UdmRules.check(udm));
        }
        if (!flaws.isEmpty()) {
            throw new UnmappableEventException(flaws);
        }
        return udm;
    }

    /** Returns whether a row reads a field of this name. */
    public boolean isMapped(String field) {
        return mappedFields.contains(field);
    }
}
