#!/bin/sh
# Creates the certificates for the gRPC port of metal-api: a CA, one certificate for the servers, and one for each
# partition. Existing files are kept, so that the script can be run again for another partition. docs/guide/grpc.md
# describes how to replace certificates.
#
#   deploy/make-certificates.sh [-d FOLDER] [-s NAME,NAME,…] [-t DAYS] [-u OWNER] PARTITION…
#
#   -d FOLDER   output folder; default "certificates"
#   -s NAMES    DNS names and IP addresses of the servers; default "metal-api,localhost,127.0.0.1"
#   -t DAYS     validity of the certificates of servers and partitions; default 365. The CA is valid for ten years.
#   -u OWNER    owner of the files, e.g. 1000, the user of the container image; requires root
set -eu
umask 077

usage() {
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" >&2
  exit 2
}

folder=certificates
names=metal-api,localhost,127.0.0.1
days=365
owner=
while getopts d:s:t:u: option; do
  case $option in
    d) folder=$OPTARG ;;
    s) names=$OPTARG ;;
    t) days=$OPTARG ;;
    u) owner=$OPTARG ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage
case $days in '' | *[!0-9]*) echo "-t is \"$days\", expected a number of days" >&2; exit 2 ;; esac
for partition in "$@"; do
  case $partition in
    '' | . | .. | ca | server | *[!A-Za-z0-9._-]*)
      echo "\"$partition\" is not a valid partition name, expected letters, digits, dots, hyphens and underscores;" \
        "\"ca\" and \"server\" are reserved" >&2
      exit 2
      ;;
  esac
done
command -v openssl >/dev/null || { echo 'openssl is not installed' >&2; exit 1; }

mkdir -p "$folder"
chmod 700 "$folder"

# new_key FILE
new_key() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.part"
  mv "$1.part" "$1"
}

# certificate NAME CN EXTENSIONS: creates a key and a certificate signed by the CA
certificate() {
  if [ -e "$folder/$1.crt" ]; then
    echo "$folder/$1.crt already exists"
    return
  fi
  [ -e "$folder/$1.key" ] || new_key "$folder/$1.key"
  printf '%s\n' 'basicConstraints = critical, CA:FALSE' 'keyUsage = critical, digitalSignature' \
    'subjectKeyIdentifier = hash' 'authorityKeyIdentifier = keyid' "$3" >"$folder/$1.ext"
  openssl req -new -key "$folder/$1.key" -subj "/O=metal-api/CN=$2" -out "$folder/$1.csr"
  openssl x509 -req -in "$folder/$1.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -set_serial "0x$(openssl rand -hex 16)" \
    -days "$days" -sha256 -extfile "$folder/$1.ext" -out "$folder/$1.crt.part" 2>/dev/null
  rm "$folder/$1.csr" "$folder/$1.ext"
  mv "$folder/$1.crt.part" "$folder/$1.crt"
  echo "created $folder/$1.crt"
}

# sans NAMES: prints the extension for a list of DNS names and IP addresses
sans() {
  list=
  rest=$1,
  while [ -n "$rest" ]; do
    name=${rest%%,*}
    rest=${rest#*,}
    case $name in
      '') continue ;;
      *[!0-9A-Za-z.:_*-]*) echo "\"$name\" is not a DNS name or IP address" >&2; exit 2 ;;
      *:* | *.*.*.*) case $name in *[!0-9a-fA-F.:]*) kind=DNS ;; *) kind=IP ;; esac ;;
      *) kind=DNS ;;
    esac
    list="$list${list:+, }$kind:$name"
  done
  printf 'subjectAltName = %s' "$list"
}

if [ ! -e "$folder/ca.crt" ]; then
  [ -e "$folder/ca.key" ] || new_key "$folder/ca.key"
  openssl req -x509 -new -key "$folder/ca.key" -sha256 -days 3650 -subj '/O=metal-api/CN=metal-api gRPC authority' \
    -addext 'basicConstraints = critical, CA:TRUE, pathlen:0' -addext 'keyUsage = critical, keyCertSign, cRLSign' \
    -out "$folder/ca.crt.part"
  mv "$folder/ca.crt.part" "$folder/ca.crt"
  echo "created $folder/ca.crt"
fi
extensions=$(sans "$names")
certificate server metal-api "extendedKeyUsage = serverAuth
$extensions"
for partition in "$@"; do
  certificate "$partition" "$partition" 'extendedKeyUsage = clientAuth'
done
[ -z "$owner" ] || chown -R "$owner" "$folder"
