<?php
// Hands a reader who is logged in at "My Library" over to a service of the consortium.
//
// PHP 7.2 or newer with its own sodium extension. EdDSA: the private key stays here, the hub has
// the public one:
//     openssl genpkey -algorithm ed25519 -out link.key
//     openssl pkey -in link.key -pubout -out link.pub

function b64url(string $data): string
{
    return rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
}

/** The 64 octets that sodium signs with, out of the PEM that openssl writes. */
function signing_key(string $pem): string
{
    $der = base64_decode(preg_replace('/-----[^-]+-----|\s/', '', $pem));
    // RFC 8410 section 7: behind 16 octets of headers stands the seed of 32.
    return sodium_crypto_sign_secretkey(sodium_crypto_sign_seed_keypair(substr($der, 16, 32)));
}

function token(string $pem, string $member, string $address, string $reader, string $service, array $attributes): string
{
    $now = time();
    $claims = [
        'iss' => $member,
        'aud' => $address,
        'iat' => $now,
        'exp' => $now + 60,
        'jti' => bin2hex(random_bytes(16)),
        'sub' => $reader,
        'target' => $service,
        'attributes' => (object) $attributes,
    ];
    $signed = b64url(json_encode(['alg' => 'EdDSA'])) . '.' . b64url(json_encode($claims, JSON_THROW_ON_ERROR));
    return $signed . '.' . b64url(sodium_crypto_sign_detached($signed, signing_key($pem)));
}

function page(string $address, string $token): string
{
    return '<!doctype html><meta charset="utf-8"><title>…</title>'
        . '<form method="post" action="' . htmlspecialchars($address) . '">'
        . '<input type="hidden" name="token" value="' . htmlspecialchars($token) . '">'
        . '<button>继续 · Continue</button></form>'
        . '<script>document.forms[0].submit()</script>';
}

// php link.php READER SERVICE '{"name": "…"}', with LINK_KEY_FILE, LINK_MEMBER, LINK_ADDRESS set
if (PHP_SAPI === 'cli' && isset($argv[3])) {
    $address = getenv('LINK_ADDRESS');
    $attributes = json_decode($argv[3], true, 8, JSON_THROW_ON_ERROR);
    $pem = file_get_contents(getenv('LINK_KEY_FILE'));
    echo page($address, token($pem, getenv('LINK_MEMBER'), $address, $argv[1], $argv[2], $attributes));
}
