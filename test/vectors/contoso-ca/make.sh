set -e
rm -rf work; mkdir work; cd work
cat > ca.cnf <<'C'
[ca]
default_ca=d
[d]
database=index.txt
new_certs_dir=.
serial=serial
crlnumber=crlnumber
default_md=sha256
policy=p
unique_subject=no
[p]
[root]
basicConstraints=critical,CA:TRUE
1.3.6.1.4.1.311.21.1=DER:020100
[leaf]
keyUsage=critical,keyEncipherment
[req]
distinguished_name=dn
[dn]
C
sed -i 's/^\[p\]/[p]\ndomainComponent=optional\ncommonName=optional\nemailAddress=optional/' ca.cnf
: > index.txt; echo 05 > crlnumber
make() { # name serial subject section start end signer
 openssl req -config ca.cnf -newkey rsa:2048 -nodes -keyout $1.key -out $1.csr -subj "$3"
 echo $2 > serial
 if [ $1 = ca ]; then sign="-selfsign -keyfile ca.key"; else sign="-cert ca.pem -keyfile ca.key"; fi
 openssl ca -batch -notext -config ca.cnf $sign -preserveDN -extensions $4 -startdate $5 -enddate $6 -in $1.csr -out $1.pem
 openssl x509 -in $1.pem -outform der -out ../$1.crt
}
S=20260601120000Z; E=20270601120000Z
make ca 1A2B3C4D5E6F "/DC=com/DC=contoso/CN=Contoso CA" root 20260101000000Z 20360101000000Z
make alice-1 611E23C200030000000E "/DC=com/DC=contoso/CN=Users/CN=alice/emailAddress=alice@contoso.com" leaf $S $E
make alice-2 6131F9C300030000000F "/DC=com/DC=contoso/CN=Users/CN=alice/emailAddress=alice@contoso.com" leaf $S $E
make bob 7A00000011 "/DC=com/DC=contoso/CN=Users/CN=bob" leaf $S $E
make kra 4200000007 "/DC=com/DC=contoso/CN=Users/CN=kra1" leaf $S $E
make exchange 4200000009 "/CN=Contoso CA-Xchg" leaf $S $E
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -crl_lastupdate $S -crl_nextupdate $E -out crl.pem
openssl crl -in crl.pem -outform der -out ../ca.crl
