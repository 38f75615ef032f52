// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.udm.MappingTable.Row;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Maps an event of one of Duo's logs to the UDM event that Google SecOps should make of it, by the log's own table. The event
 * may be an item of Duo's API, version 2 or 1, or a row as Duo's own client or this collector makes it: a map of its fields.
 * What comes out is a map in the names of proto3's JSON (lowerCamelCase), valid by {@link UdmRules}; every value in it is a
 * text, as UDM's labels demand.
 *
 * <p>A pure function of the event: no clock, no name server. Thread-safe.
 */
public final class UdmMapper {

    private final Map<DuoLog, MappingTable> tables = new EnumMap<>(DuoLog.class);

    /** Maps by the tables alone. */
    public UdmMapper() {
        this(false);
    }

    /**
     * Maps by the tables, with what telephony's leaves open.
     *
     * @param ids also maps telephony's {@code telephony_id} to metadata.productLogId, and its {@code txid} to
     *     network.sessionId; the other logs' tables have such rows
     */
    public UdmMapper(boolean ids) {
        for (DuoLog log : DuoLog.values()) {
            tables.put(log, MappingTable.of(log, ids));
        }
    }

    public static UdmMapper of(Settings settings) {
        return new UdmMapper(settings.log().get(SettingTable.UDM_IDS));
    }

    /**
     * Maps one event, which stays as it is, by the table of its own log; of a map that does not know its log, by telephony's.
     *
     * @param event the fields by their names, as {@code DuoEvent} or as any JSON library reads them
     * @throws UnmappableEventException if the event has no time that can be read, or would break one of the {@link UdmRules}
     */
    public Map<String, Object> map(Map<?, ?> event) throws UnmappableEventException {
        return map(event, logOf(event));
    }

    /**
     * Maps one event, which stays as it is, by the table of a log.
     *
     * @throws UnmappableEventException as above
     */
    public Map<String, Object> map(Map<?, ?> event, DuoLog log) throws UnmappableEventException {
        MappingTable table = tables.get(log);
        Fields fields = new Fields(event);
        UdmBuilder builder = new UdmBuilder();
        for (Row row : table.rows()) {
            row.logic().accept(fields, builder);
        }
        Map<String, Object> udm = builder.build();
        List<String> flaws = new ArrayList<>(fields.flaws());
        if (!builder.hasEventTimestamp()) {
            flaws.add("no time can be read from " + table.times());
        } else {
            flaws.addAll(UdmRules.check(udm));
        }
        if (!flaws.isEmpty()) {
            throw new UnmappableEventException(flaws);
        }
        return udm;
    }

    private static DuoLog logOf(Map<?, ?> event) {
        return event instanceof DuoEvent known ? known.log() : DuoLog.TELEPHONY;
    }

    /** Returns whether a row of the log's table reads a field of this name, or something in it. */
    public boolean isMapped(DuoLog log, String field) {
        return tables.get(log).fields().contains(field);
    }
}
