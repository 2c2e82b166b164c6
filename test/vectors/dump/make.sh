#!/bin/sh
# Makes the files of this folder anew with openssl; their keys, serial numbers and dates then differ.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/openssl.cnf" <<'CNF'
oid_section = oids
[oids]
[req]
distinguished_name = name
prompt = no
string_mask = utf8only
[name]
DC = test
O = Dump, Inc.
CN = Dump CA
[user]
DC = test
CN = user1
[root]
basicConstraints = critical, CA:true, pathlen:1
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
subjectKeyIdentifier = hash
1.3.6.1.4.1.311.20.2 = ASN1:BMPSTRING:CA
1.3.6.1.4.1.311.21.1 = ASN1:INTEGER:0
[leaf]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid, issuer:always
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = clientAuth, 1.3.6.1.4.1.311.10.3.4, 1.2.3.4.5
subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;UTF8:user@dom, email:user@a.test, DNS:a.test, URI:http://a.test/a%20b, IP:10.0.0.1, IP:fe80::1, RID:1.2.3.4, dirName:user
crlDistributionPoints = cdp
authorityInfoAccess = caIssuers;URI:http://a.test/ca.crt, OCSP;URI:http://ocsp.a.test
certificatePolicies = 1.2.3.4, @policy
nameConstraints = permitted;DNS:.test, excluded;IP:10.0.0.0/255.0.0.0
policyConstraints = requireExplicitPolicy:1, inhibitPolicyMapping:0
policyMappings = 1.2.3.4:1.2.3.5
inhibitAnyPolicy = 2
1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template
1.3.6.1.4.1.311.21.10 = ASN1:SEQUENCE:application
1.2.840.113549.1.9.15 = ASN1:SEQUENCE:capabilities
1.3.6.1.5.5.7.48.1.5 = ASN1:NULL
1.2.3.4.99 = ASN1:UTF8:hello
2.5.29.17.1 = ASN1:NULL
[cdp]
fullname = URI:ldap:///CN=Dump%20CA?x, URI:http://a.test/ca.crl
reasons = keyCompromise, CACompromise
CRLissuer = dirName:user
[policy]
policyIdentifier = 2.5.29.32.0
CPS.1 = http://cps.a.test/
userNotice.1 = @notice
[notice]
explicitText = UTF8:Read this
[template]
oid = OID:1.3.6.1.4.1.311.21.8.1.2.3
major = INTEGER:100
minor = INTEGER:3
[application]
one = SEQUENCE:purpose
[purpose]
oid = OID:1.3.6.1.5.5.7.3.2
[capabilities]
one = SEQUENCE:rc2
two = SEQUENCE:des
[rc2]
oid = OID:1.2.840.113549.3.2
bits = INTEGER:128
[des]
oid = OID:1.2.840.113549.3.7
[request]
subjectAltName = DNS:b.test
[ca]
default_ca = ca_default
[ca_default]
database = WORK/index
crlnumber = WORK/crlnumber
default_md = sha256
default_crl_hours = 24
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @idp
1.3.6.1.4.1.311.21.1 = ASN1:INTEGER:0
1.3.6.1.4.1.311.21.4 = ASN1:UTCTIME:301231235959Z
1.3.6.1.4.1.311.21.14 = DER:30163014a012a010860e687474703a2f2f612e746573742f
[idp]
fullname = URI:http://a.test/ca.crl
onlyuser = TRUE
CNF
sed -i "s|WORK|$work|" "$work/openssl.cnf"
export OPENSSL_CONF="$work/openssl.cnf"
from='20260101000000Z' to='20361231235959Z'
openssl req -x509 -new -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out "$work/ca.pem" -extensions root \
  -set_serial 0x3747ce1f7989769d -not_before "$from" -not_after "$to" 2>/dev/null ||
  openssl req -x509 -new -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out "$work/ca.pem" -extensions root \
    -set_serial 0x3747ce1f7989769d -days 4000
openssl req -new -newkey rsa:2048 -nodes -keyout "$work/user.key" -subj /DC=test/CN=user1 -out "$work/user.csr"
openssl x509 -req -in "$work/user.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -set_serial 0x61000000000008 -days 4000 \
  -extfile "$work/openssl.cnf" -extensions leaf -out user.pem
openssl x509 -in "$work/ca.pem" -outform DER -out root.cer
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -subj /CN=b.test -reqexts request \
  -out request.csr
: >"$work/index"
printf '01a4\n' >"$work/crlnumber"
printf 'R\t361231235959Z\t260301120000Z,keyCompromise\t61000000000008\tunknown\t/CN=user1\n' >>"$work/index"
printf 'R\t361231235959Z\t260302130000Z\t7A\tunknown\t/CN=user2\n' >>"$work/index"
openssl ca -gencrl -keyfile "$work/ca.key" -cert "$work/ca.pem" -out list.crl
openssl crl2pkcs7 -in list.crl -certfile user.pem -certfile "$work/ca.pem" -out chain.p7b
openssl pkcs12 -export -in user.pem -inkey "$work/user.key" -certfile "$work/ca.pem" -name friendly -passout pass:pw \
  -CSP 'Microsoft Enhanced RSA and AES Cryptographic Provider' -LMK -keyex -out user.pfx
openssl cms -sign -in "$0" -signer user.pem -inkey "$work/user.key" -outform DER -out detached.p7s
openssl cms -encrypt -aes256 -in request.csr -outform PEM -out sealed.pem user.pem
openssl pkcs8 -topk8 -in ec.key -passout pass:pw -out encrypted-key.pem
openssl pkey -in ec.key -pubout -out public-key.pem
