<?php

// PEER_ORIGIN is the address before the TLS front, PEER_FOLDER holds saml.crt,
// saml.key and hub.xml (the hub's metadata as a service provider), and takes the sessions;
// PEER_ENCRYPTS says whether assertions are encrypted.
$folder = getenv('PEER_FOLDER');

$config = [
    'baseurlpath' => getenv('PEER_ORIGIN') . '/',
    'certdir' => $folder,
    'loggingdir' => $folder,
    'datadir' => $folder,
    'tempdir' => $folder,
    'logging.handler' => 'stderr',
    'logging.level' => SimpleSAML\Logger::WARNING,
    'showerrors' => true,
    'errorreporting' => false,
    'secretsalt' => bin2hex(hash('sha256', $folder, true)),
    'auth.adminpassword' => bin2hex(random_bytes(16)),
    'admin.protectmetadata' => false,
    'technicalcontact_email' => 'nobody@ssp.test',
    'timezone' => 'UTC',
    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true],
    'session.cookie.secure' => true,
    'session.cookie.samesite' => 'None',
    'session.phpsession.savepath' => $folder,
    'store.type' => 'phpsession',
    'attributenamemapdir' => '/etc/simplesamlphp/attributemap/',
    'authproc.idp' => [10 => ['class' => 'core:AttributeMap', 'name2oid']],
    'metadatadir' => __DIR__ . '/metadata/',
    'metadata.sources' => [
        ['type' => 'flatfile'],
        ['type' => 'xml', 'file' => $folder . '/hub.xml'],
    ],
];
