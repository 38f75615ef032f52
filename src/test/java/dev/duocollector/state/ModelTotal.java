// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What Duo said to one run that a window holds, and has given of it: by that a run can know that its last page was short, once,
 * and only then does the model cut one.
 */
final class ModelTotal {

    private final Random random;
    private final Map<String, Integer> given = new HashMap<>();
    private final Set<String> cut = new HashSet<>();
    private String window = "";
    private int said;

    ModelTotal(Random random) {
        this.random = random;
    }

    /** Returns a page as the run gets it: as it is, or as a last page that lacks some of its events. */
    ModelDuo.Page given(Map<String, String> query, ModelDuo.Page page, double often) {
        String asked = query.get("mintime") + "," + query.get("maxtime");
        String offset = query.getOrDefault("next_offset", "");
        if (offset.isEmpty() && !asked.equals(window)) {
            window = asked;
            said = page.total();
            given.clear();
            cut.clear();
        }
        if (!asked.equals(window)) {
            // Of a window that another run has begun to read, this one knows no total.
            return page;
        }
        int here = given.getOrDefault(offset, 0);
        int before = given.values().stream().mapToInt(Integer::intValue).sum() - here;
        ModelDuo.Page gives = page;
        if (!page.items().isEmpty() && random.nextDouble() < often) {
            ModelDuo.Page less = page.cutTo(random.nextInt(page.items().size()));
            if (said - before > Math.max(here, less.items().size()) && cut.add(offset)) {
                gives = less;
            }
        }
        given.put(offset, Math.max(here, gives.items().size()));
        return gives;
    }
}
