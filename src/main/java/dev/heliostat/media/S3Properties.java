package dev.heliostat.media;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The bucket in which pictures are kept instead of a directory; used when it has a name.
 *
 * @param bucket the bucket's name
 * @param endpoint where the bucket is, such as {@code https://minio.example.com}; empty
 * for Amazon's own address of the region
 * @param region the bucket's region
 * @param accessKey who calls the bucket; empty for what the environment says: variables,
 * profile, container or machine
 * @param secretKey the secret of the access key
 * @param pathStyle whether the bucket's name stands in the path instead of the host, as
 * most servers other than Amazon's want it
 * @param prefix what names of objects begin with; the gateway deletes objects below it
 * that it does not know
 * @param sse how the bucket encrypts objects: {@code AES256} or {@code aws:kms}; empty
 * for the bucket's own setting
 * @param kmsKeyId the key for {@code aws:kms}; empty for the account's usual one
 * @param presign whether clients get the bucket's own pre-signed URLs instead of the
 * gateway's
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.media.s3", ignoreUnknownFields = false)
record S3Properties(@NotBlank String bucket,
		@DefaultValue("") @Pattern(regexp = "|https?://[^/]+/?",
				message = "must be an address such as https://minio.example.com") String endpoint,
		@DefaultValue("us-east-1") String region, @DefaultValue("") String accessKey,
		@DefaultValue("") String secretKey, @DefaultValue("false") boolean pathStyle,
		@DefaultValue("media/") String prefix,
		@DefaultValue("") @Pattern(regexp = "|AES256|aws:kms", message = "must be AES256 or aws:kms") String sse,
		@DefaultValue("") String kmsKeyId, @DefaultValue("false") boolean presign) {

	/** Shows no secret. */
	@Override
	public String toString() {
		return "S3Properties[" + this.bucket + "/" + this.prefix + "]";
	}

}
