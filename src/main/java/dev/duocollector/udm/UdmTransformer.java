// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Message;
import org.apache.camel.spi.DataType;
import org.apache.camel.spi.DataTypeTransformer;
import org.apache.camel.spi.Transformer;

/**
 * The data type {@code duo:udm}: an event of a log of Duo's becomes a UDM event by the table of its log, a map that does not
 * know its log by telephony's; a list of events becomes a list of UDM events. In any route of an application that has this jar on its class path, without a bean:
 *
 * <pre>
 * - transformDataType:
 *     toType: duo:udm
 * </pre>
 *
 * It maps as the one {@link UdmMapper} in the registry does, else by the tables alone. If one event cannot be mapped, the step
 * fails and the body stays as it was; split before it to continue with the others.
 */
@DataTypeTransformer(
        name = "duo:udm",
        description = "Maps events of Duo's logs, each a Map, to Google SecOps UDM events")
public final class UdmTransformer extends Transformer {

    @Override
    public void transform(Message message, DataType from, DataType to) throws UnmappableEventException {
        UdmMapper mapper = mapper();
        Object body = message.getBody();
        if (body instanceof Map<?, ?> event) {
            message.setBody(mapper.map(event));
        } else if (body instanceof Iterable<?> events) {
            List<Map<String, Object>> mapped = new ArrayList<>();
            for (Object event : events) {
                mapped.add(mapper.map(asMap("an element of the body", event)));
            }
            message.setBody(mapped);
        } else {
            asMap("the body", body);
        }
    }

    private UdmMapper mapper() {
        Set<UdmMapper> found = getCamelContext().getRegistry().findByType(UdmMapper.class);
        return found.size() == 1 ? found.iterator().next() : new UdmMapper();
    }

    private static Map<?, ?> asMap(String what, Object found) {
        if (found instanceof Map<?, ?> event) {
            return event;
        }
        // Not Camel's InvalidPayloadException: its message quotes the body.
        throw new IllegalArgumentException("duo:udm maps events, each a java.util.Map, alone or in a List, but " + what
                + " is " + (found == null ? "null" : "a " + found.getClass().getName())
                + ". Unmarshal the JSON before it");
    }
}
