/**
 * The parts of jose that verify and sign tokens. Imported on demand; the build
 * leaves out the rest, such as encryption.
 */
export {
  calculateJwkThumbprint,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  importSPKI,
  jwtVerify,
  SignJWT,
} from "jose";
