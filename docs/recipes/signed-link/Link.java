import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hands a reader who is logged in at "My Library" over to a service of the consortium.
 *
 * Java 15 or newer, nothing else. EdDSA: the private key stays here, the hub has the public one:
 *     openssl genpkey -algorithm ed25519 -out link.key
 *     openssl pkey -in link.key -pubout -out link.pub
 * In a servlet, write what page() returns; never let it be cached.
 */
public class Link {
    private static final SecureRandom RANDOM = new SecureRandom();

    static String base64url(byte[] data) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(data);
    }

    static PrivateKey key(String pem) throws Exception {
        String body = pem.replaceAll("-----[^-]+-----", "").replaceAll("\\s", "");
        byte[] der = Base64.getDecoder().decode(body);
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    /** A JSON string; everything but plain letters is escaped. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c >= ' ' && c < 127 && c != '"' && c != '\\') {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.append('"').toString();
    }

    static String token(PrivateKey key, String member, String address, String reader, String service,
            Map<String, String> attributes) throws Exception {
        long now = Instant.now().getEpochSecond();
        byte[] jti = new byte[16];
        RANDOM.nextBytes(jti);
        StringBuilder named = new StringBuilder();
        for (Map.Entry<String, String> each : attributes.entrySet()) {
            named.append(named.length() == 0 ? "" : ",");
            named.append(quoted(each.getKey())).append(':').append(quoted(each.getValue()));
        }
        String claims = "{\"iss\":" + quoted(member) + ",\"aud\":" + quoted(address)
                + ",\"iat\":" + now + ",\"exp\":" + (now + 60)
                + ",\"jti\":" + quoted(base64url(jti)) + ",\"sub\":" + quoted(reader)
                + ",\"target\":" + quoted(service) + ",\"attributes\":{" + named + "}}";
        String signed = base64url("{\"alg\":\"EdDSA\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64url(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + base64url(signature.sign());
    }

    static String page(String address, String token) {
        // Neither holds a character that HTML would read: an address of the hub, and base64url.
        return "<!doctype html><meta charset=\"utf-8\"><title>…</title>"
                + "<form method=\"post\" action=\"" + address + "\">"
                + "<input type=\"hidden\" name=\"token\" value=\"" + token + "\">"
                + "<button>继续 · Continue</button></form>"
                + "<script>document.forms[0].submit()</script>";
    }

    /** java Link.java READER SERVICE NAME=VALUE…, with LINK_KEY_FILE, LINK_MEMBER, LINK_ADDRESS set. */
    public static void main(String[] args) throws Exception {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 2; i < args.length; i++) {
            String[] pair = args[i].split("=", 2);
            attributes.put(pair[0], pair[1]);
        }
        String address = System.getenv("LINK_ADDRESS");
        PrivateKey key = key(Files.readString(Path.of(System.getenv("LINK_KEY_FILE"))));
        String token = token(key, System.getenv("LINK_MEMBER"), address, args[0], args[1], attributes);
        new PrintStream(System.out, true, StandardCharsets.UTF_8).print(page(address, token));
    }
}
