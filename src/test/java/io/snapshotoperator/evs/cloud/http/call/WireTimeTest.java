/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTimeTest {

    @ParameterizedTest
    @CsvSource({
        "2013-02-25T03:56:53.081642, 2013-02-25T03:56:53.081642Z",
        "2013-02-25t04:13:17.000000, 2013-02-25T04:13:17Z",
        "2012-02-14T20:53:07, 2012-02-14T20:53:07Z",
        "2016-03-08T07:40:13.219Z, 2016-03-08T07:40:13.219Z",
        "2015-11-09T01:42:57.527363Z, 2015-11-09T01:42:57.527363Z",
        "2015-11-09T01:42:57.123456789123z, 2015-11-09T01:42:57.123456789Z",
        "2015-11-09 01:42:57, 2015-11-09T01:42:57Z",
        "2015-11-09T01:42:57+02:00, 2015-11-08T23:42:57Z",
        "' 2012-02-14T20:53:07 ', 2012-02-14T20:53:07Z"
    })
    void readsEveryKnownForm(String text, Instant time) {
        assertThat(WireTime.parse(text)).contains(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "yesterday",
                "2013-02-30T00:00:00",
                "2013-13-01T00:00:00",
                "2013-02-25T25:00:00",
                "2013-02-25",
                "17",
                "2013-02-25T03:56:53+99:99"
            })
    void returnsEmptyForInvalidTime(String text) {
        assertThat(WireTime.parse(text)).isEmpty();
    }
}
