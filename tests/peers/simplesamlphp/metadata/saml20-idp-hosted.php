<?php

$metadata[getenv('PEER_ORIGIN') . '/metadata'] = [
    'host' => '__DEFAULT__',
    'auth' => 'readers',
    'certificate' => 'saml.crt',
    'privatekey' => 'saml.key',
    'scope' => ['ssp.test'],
    // AES-128-CBC inside the signed Response: it knows no other cipher for a certificate.
    'assertion.encryption' => getenv('PEER_ENCRYPTS') === '1',
    'userid.attribute' => 'mail',
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'NameIDFormat' => ['urn:oasis:names:tc:SAML:2.0:nameid-format:transient'],
];
