// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.text.Log;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.quartz.SchedulerException;

/**
 * Takes the time to look at the folder of accounts, and at what is below parents, again, and leaves a list of the names of new
 * streams whose first run it is to make. A stream that is no more ends after its run.
 */
public final class RefreshStreams implements Processor {

    private static final Log LOG = Log.of(RefreshStreams.class);

    @Override
    public void process(Exchange exchange) throws SchedulerException {
        Streams streams = Streams.of(exchange.getContext());
        Streams.Change change = new Streams.Change(List.of(), List.of());
        if (streams.settings().hasAccounts()) {
            streams.listChildren(exchange.getContext(), true);
            change = streams.refresh();
        }
        RunTriggers triggers = RunTriggers.of(exchange.getContext());
        for (Stream stream : change.ended()) {
            if (streams.find(stream.name()).isEmpty()) {
                triggers.remove(stream);
                stream.listener().removed();
                LOG.warn(
                        "{} is no longer collected: {}.",
                        stream.name(),
                        stream.settings().account().accountId().isPresent()
                                ? "its parent's file, or its log in it, is gone, or Duo has not listed it for 7 days, or it"
                                        + " has a file of its own"
                                : "its account's file, or its log in it, is gone");
            }
        }
        List<String> ended = change.ended().stream().map(Stream::name).toList();
        for (Stream stream : change.begun()) {
            triggers.set(stream);
            LOG.info(
                    "{} is collected {}into s3://{}/{}, by the schedule {} (UTC).",
                    stream.name(),
                    ended.contains(stream.name()) ? "with changed settings " : "",
                    stream.settings().account().bucket(),
                    stream.settings().log().prefix(),
                    stream.settings().log().schedule());
        }
        exchange.getMessage()
                .setBody(change.begun().stream()
                        .map(Stream::name)
                        .filter(name -> !ended.contains(name) && !triggers.areShared())
                        .toList());
    }
}
