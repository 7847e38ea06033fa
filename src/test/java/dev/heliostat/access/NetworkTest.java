package dev.heliostat.access;

import java.net.InetAddress;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Ranges of addresses.
 */
class NetworkTest {

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.0, false", "192.0.2.128/25, 192.0.2.127, false",
			"192.0.2.128/25, 192.0.2.200, true", "192.0.2.7, 192.0.2.7, true", "192.0.2.7, 192.0.2.8, false",
			"0.0.0.0/0, 255.255.255.255, true", "0.0.0.0/0, ::1, false", "2001:db8::/33, 2001:db8:7fff::1, true",
			"2001:db8::/33, 2001:db8:8000::1, false", "::1, ::1, true" })
	void aRangeHoldsItsAddresses(String network, String address, boolean holds) {
		assertThat(Network.of(network).contains(InetAddress.ofLiteral(address))).isEqualTo(holds);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0/8", "::ffff:192.0.2.0/120",
			"010.0.0.0/8", "example.com", "::1/129", "10.0.0.0/8/8" })
	void whatIsNoRangeIsRefusedWithoutANameServer(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Network.of(text)).withMessageContaining("10.0.0.0/8");
	}

}
