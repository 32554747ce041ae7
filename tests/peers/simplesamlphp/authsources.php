<?php

// pairwise-id is younger than the names that name2oid knows.
$pairwise = 'urn:oasis:names:tc:SAML:attribute:pairwise-id';

$config = [
    'readers' => [
        'exampleauth:UserPass',
        'reader-jia:tomato-harbour-41' => [
            $pairwise => ['ssp0001@ssp.test'],
            'eduPersonScopedAffiliation' => ['student@ssp.test', 'member@elsewhere.test'],
            'displayName' => ['读者甲'],
            'mail' => ['reader-jia@mail.test'],
        ],
        'reader-foreign:tomato-harbour-41' => [
            $pairwise => ['ssp0002@elsewhere.test'],
            'displayName' => ['读者乙'],
        ],
    ],
];
