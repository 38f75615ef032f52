// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.sink.StoredObjectException;
import dev.duocollector.state.Batch.Declaration;
import dev.duocollector.text.Count;
import dev.duocollector.text.Log;
import dev.duocollector.udm.UdmMapper;
import dev.duocollector.udm.UnmappableEventException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;
import org.apache.camel.support.CamelContextHelper;

/**
 * Takes a stored object's events, and leaves their UDM events. One that cannot be mapped is left out with a WARN and stays in
 * the stored object: an event that Duo sends with a time that nobody can read must not hold up those after it. A stored
 * object that has not as many events as it was declared with ends the run: it was cut at a line's end, or changed, since it
 * was found whole.
 */
public final class MapToUdm implements Processor {

    /** The exchange variable that tells how many there are. */
    static final String MAPPED = "mapped";

    private static final Log LOG = Log.of(MapToUdm.class);

    @Override
    public void process(Exchange exchange) throws InvalidPayloadException, StoredObjectException {
        Run run = Run.of(exchange);
        UdmMapper mapper = CamelContextHelper.mandatoryLookup(exchange.getContext(), "udmMapper", UdmMapper.class);
        DuoLog log = run.stream().settings().log().duoLog();
        Collection<?> events = exchange.getMessage().getMandatoryBody(Collection.class);
        requireDeclared(events.size(), run.batch().declarations());
        List<Map<String, Object>> mapped = new ArrayList<>(events.size());
        String flaw = "";
        for (Object event : events) {
            try {
                mapped.add(mapper.map((Map<?, ?>) event, log));
            } catch (UnmappableEventException e) {
                flaw = flaw.isEmpty() ? e.getMessage() : flaw;
            }
        }
        if (mapped.size() < events.size()) {
            LOG.warn(
                    "{} of the {} of {} cannot be mapped to UDM and are left out of {}; the first because {}.",
                    events.size() - mapped.size(),
                    Count.of(events.size(), "event"),
                    run.batch().objectKey(),
                    run.batch().udmKey(),
                    flaw);
        }
        if (!mapped.isEmpty()) {
            run.current().storingUdm();
        }
        exchange.setVariable(MAPPED, mapped.size());
        exchange.setVariable(PrepareWrite.KEY, run.batch().udmKey());
        exchange.getMessage().setBody(mapped);
    }

    /** A batch of a program that declared no lines has none to compare. */
    private static void requireDeclared(int events, List<Declaration> declarations) throws StoredObjectException {
        if (!declarations.isEmpty() && declarations.stream().noneMatch(declaration -> declaration.lines() == events)) {
            throw new StoredObjectException("it has " + Count.of(events, "event") + ", and was declared with "
                    + declarations.stream()
                            .map(declaration -> String.valueOf(declaration.lines()))
                            .collect(Collectors.joining(" or ")));
        }
    }
}
