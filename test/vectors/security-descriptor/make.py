"""
Without arguments writes made-by-samba.json: descriptors packed by Samba's own marshalling code out of SDDL.
With a file of hexadecimal lines, descriptors this project wrote, writes read-by-samba.json: what Samba reads in them.
Made with Debian's python3-samba 4.17.12.
"""
import json
import sys

from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack

DOMAIN = "S-1-5-21-1004336348-1177238915-682003330"
ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
AUTOENROLL = "a05b8cc2-17bc-4802-a710-e7c15ab866a2"
SDDL = [
    "O:EAG:EAD:PAI(OA;;RPWPCR;%s;;DA)(OA;;RPWPCR;%s;;EA)(A;;CCDCLCSWRPWPDTLOSDRCWDWO;;;DA)"
    "(A;;CCDCLCSWRPWPDTLOSDRCWDWO;;;EA)(A;;LCRPLORC;;;AU)" % (ENROLL, ENROLL),
    "O:DAG:DAD:(OD;;CR;%s;;DU)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;DA)(OA;;CR;%s;;AU)(OA;;CR;%s;;AU)(A;;LCRPLORC;;;WD)"
    % (ENROLL, ENROLL, AUTOENROLL),
    "O:SYG:SYD:AI(A;;GA;;;BA)(A;OICIIO;GR;;;CO)(OA;CIID;WP;bf967950-0de6-11d0-a285-00aa003049e2;"
    "e5209ca2-3bba-11d2-90cc-00c04fd91ab1;AU)S:AI(AU;CISAFA;WPWDWO;;;WD)(OU;SA;CR;%s;;WD)" % ENROLL,
    "O:%s-1107G:DUD:(A;;CR;;;ED)(A;;WD;;;BU)(A;;WO;;;S-1-5-80-3804348527-3718992918-2141599610-3686422417-2726379419)"
    % DOMAIN,
    "O:EAG:EAD:P",
    "O:EAG:EA",
]
sid = security.dom_sid(DOMAIN)


def save(name, descriptors):
    with open(name, "w") as out:
        json.dump({"domainSid": DOMAIN, "descriptors": descriptors}, out, indent=1)
        out.write("\n")


if len(sys.argv) == 1:
    save("made-by-samba.json", [{"sddl": t, "hex": ndr_pack(security.descriptor.from_sddl(t, sid)).hex()} for t in SDDL])
else:
    lines = [line.strip() for line in open(sys.argv[1])]
    read = [(line, ndr_unpack(security.descriptor, bytes.fromhex(line))) for line in lines]
    save("read-by-samba.json", [{"sddl": descriptor.as_sddl(sid), "hex": line} for line, descriptor in read])
