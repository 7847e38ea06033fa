package bench;

import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * The least that a WebFlux application does as a gateway: it reads the request's JSON, changes the model, sends it on, reads the
 * answer's JSON, adds a member and answers. No key, no route, no price, no record, no metric.
 */
@SpringBootApplication
public class Floor {

	public static void main(String[] args) {
		SpringApplication.run(Floor.class, args);
	}

	@Bean
	RouterFunction<ServerResponse> routes(@Value("${upstream}") String upstream) {
		HttpClient http = HttpClient.create(ConnectionProvider.create("upstream", 20_000));
		WebClient client = WebClient.builder()
			.baseUrl(upstream)
			.clientConnector(new ReactorClientHttpConnector(http))
			.codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(64 << 20))
			.build();
		return RouterFunctions.route()
			.POST("/v1/images/generations", request -> request.bodyToMono(Map.class).flatMap(body -> {
				body.put("model", "gpt-image-1");
				return client.post()
					.uri("/v1/images/generations")
					.contentType(MediaType.APPLICATION_JSON)
					.bodyValue(body)
					.retrieve()
					.bodyToMono(Map.class);
			}).flatMap(answer -> {
				answer.put("metadata", Map.of("attempts", List.of()));
				return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(answer);
			}))
			.build();
	}

}
