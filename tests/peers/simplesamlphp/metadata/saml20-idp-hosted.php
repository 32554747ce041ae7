<?php

$metadata[getenv('PEER_ORIGIN') . '/metadata'] = [
    'host' => '__DEFAULT__',
    'auth' => 'readers',
    'certificate' => 'saml.crt',
    'privatekey' => 'saml.key',
    'scope' => ['ssp.test'],
    'userid.attribute' => 'mail',
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'NameIDFormat' => ['urn:oasis:names:tc:SAML:2.0:nameid-format:transient'],
];
