// A PKCS #11 module in front of another (FAILING_MODULE_BEHIND) that fails where a file (FAILING_MODULE_FAULTS) says so:
//   C_Login 0xa4          every call of the function answers this
//   C_Sign 0x32 once      the next call alone
//   C_OpenSession 0xb1 over2      there are no more sessions than two
//   C_Sign flip           signs, and turns one bit
//   C_GetMechanismList 0x3 hide   the mechanism is not listed
//   C_Sign hang           does not come back while the file says so; nor does C_Initialize, C_Login, C_GenerateKeyPair,
//                         C_CloseSession; "hang once": the next call alone, while the file FAILING_MODULE_FAULTS.hang is there
// What SoftHSM never does by itself - lock a PIN, be full, be unplugged in the middle - happens so at will.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

#define CK_PTR *
#define CK_DEFINE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(*name)
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(*name)
#ifndef NULL_PTR
#define NULL_PTR 0
#endif
#include <pkcs11/pkcs11.h>

static CK_FUNCTION_LIST behind;
static CK_FUNCTION_LIST ours;

struct Fault {
  unsigned long value;
  char word[16];
};

static bool fault(const char *function, Fault *found) {
  const char *path = getenv("FAILING_MODULE_FAULTS");
  FILE *file = path ? fopen(path, "r") : NULL;
  if (!file) return false;
  char name[64];
  char value[32];
  found->word[0] = 0;
  int read = fscanf(file, "%63s %31s %15s", name, value, found->word);
  fclose(file);
  if (read < 2 || strcmp(name, function) != 0) return false;
  found->value = strncmp(value, "0x", 2) == 0 ? strtoul(value, NULL, 16) : 0;
  if (strcmp(found->word, "once") == 0) unlink(path);
  return true;
}

static bool isThere(const char *name) { return access(name, F_OK) == 0; }

static void hang(const char *function) {
  const char *path = getenv("FAILING_MODULE_FAULTS");
  char line[64] = "";
  char wanted[80];
  FILE *file = path ? fopen(path, "r") : NULL;
  if (!file) return;
  fgets(line, sizeof line, file);
  fclose(file);
  snprintf(wanted, sizeof wanted, "%s hang once\n", function);
  if (strcmp(line, wanted) == 0) {
    char held[512];
    snprintf(held, sizeof held, "%s.hang", path);
    unlink(path);
    while (isThere(held)) usleep(10000);
    return;
  }
  snprintf(wanted, sizeof wanted, "%s hang\n", function);
  while (strcmp(line, wanted) == 0) {
    usleep(10000);
    line[0] = 0;
    file = fopen(path, "r");
    if (!file) return;
    fgets(line, sizeof line, file);
    fclose(file);
  }
}

#define FAILS(function)                                          \
  Fault told;                                                    \
  hang(function);                                                \
  if (fault(function, &told) && told.value != 0) return told.value;

static CK_RV initialize(CK_VOID_PTR arguments) {
  FAILS("C_Initialize")
  return behind.C_Initialize(arguments);
}

static int sessions = 0;

static CK_RV openSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify,
                         CK_SESSION_HANDLE_PTR session) {
  Fault told;
  if (fault("C_OpenSession", &told) && (strncmp(told.word, "over", 4) != 0 || sessions >= atoi(told.word + 4)))
    return told.value;
  CK_RV answer = behind.C_OpenSession(slot, flags, application, notify, session);
  if (answer == CKR_OK) __sync_fetch_and_add(&sessions, 1);
  return answer;
}

static CK_RV closeSession(CK_SESSION_HANDLE session) {
  hang("C_CloseSession");
  CK_RV answer = behind.C_CloseSession(session);
  if (answer == CKR_OK) __sync_fetch_and_sub(&sessions, 1);
  return answer;
}

static CK_RV finalize(CK_VOID_PTR reserved) {
  sessions = 0;
  return behind.C_Finalize(reserved);
}

static CK_RV getSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info) {
  FAILS("C_GetSessionInfo")
  return behind.C_GetSessionInfo(session, info);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  FAILS("C_Login")
  return behind.C_Login(session, user, pin, length);
}

static CK_RV generateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR publicTemplate,
                             CK_ULONG publicCount, CK_ATTRIBUTE_PTR privateTemplate, CK_ULONG privateCount,
                             CK_OBJECT_HANDLE_PTR publicKey, CK_OBJECT_HANDLE_PTR privateKey) {
  FAILS("C_GenerateKeyPair")
  return behind.C_GenerateKeyPair(session, mechanism, publicTemplate, publicCount, privateTemplate, privateCount,
                                  publicKey, privateKey);
}

static CK_RV createObject(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR attributes, CK_ULONG count,
                          CK_OBJECT_HANDLE_PTR object) {
  FAILS("C_CreateObject")
  return behind.C_CreateObject(session, attributes, count, object);
}

static CK_RV setAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR attributes,
                               CK_ULONG count) {
  FAILS("C_SetAttributeValue")
  return behind.C_SetAttributeValue(session, object, attributes, count);
}

static CK_RV wrapKey(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE wrapping,
                     CK_OBJECT_HANDLE key, CK_BYTE_PTR wrapped, CK_ULONG_PTR length) {
  FAILS("C_WrapKey")
  return behind.C_WrapKey(session, mechanism, wrapping, key, wrapped, length);
}

static CK_RV decrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR encrypted, CK_ULONG encryptedLength, CK_BYTE_PTR data,
                     CK_ULONG_PTR length) {
  FAILS("C_Decrypt")
  return behind.C_Decrypt(session, encrypted, encryptedLength, data, length);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG dataLength, CK_BYTE_PTR signature,
                  CK_ULONG_PTR length) {
  Fault told;
  hang("C_Sign");
  bool isTold = fault("C_Sign", &told);
  if (isTold && told.value != 0) return told.value;
  CK_RV answer = behind.C_Sign(session, data, dataLength, signature, length);
  if (isTold && answer == CKR_OK && signature != NULL) signature[*length / 2] ^= 1;
  return answer;
}

static CK_RV getMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR mechanisms, CK_ULONG_PTR count) {
  CK_RV answer = behind.C_GetMechanismList(slot, mechanisms, count);
  Fault told;
  if (answer == CKR_OK && mechanisms != NULL && fault("C_GetMechanismList", &told)) {
    CK_ULONG kept = 0;
    for (CK_ULONG i = 0; i < *count; i++)
      if (mechanisms[i] != told.value) mechanisms[kept++] = mechanisms[i];
    *count = kept;
  }
  return answer;
}

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  const char *path = getenv("FAILING_MODULE_BEHIND");
  void *module = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  if (!module) return CKR_GENERAL_ERROR;
  CK_C_GetFunctionList get = (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
  CK_FUNCTION_LIST_PTR found;
  CK_RV answer = get(&found);
  if (answer != CKR_OK) return answer;
  behind = *found;
  ours = *found;
  ours.C_Initialize = initialize;
  ours.C_Finalize = finalize;
  ours.C_OpenSession = openSession;
  ours.C_CloseSession = closeSession;
  ours.C_GetSessionInfo = getSessionInfo;
  ours.C_Login = login;
  ours.C_GenerateKeyPair = generateKeyPair;
  ours.C_CreateObject = createObject;
  ours.C_SetAttributeValue = setAttributeValue;
  ours.C_WrapKey = wrapKey;
  ours.C_Decrypt = decrypt;
  ours.C_Sign = sign;
  ours.C_GetMechanismList = getMechanismList;
  *list = &ours;
  return CKR_OK;
}
