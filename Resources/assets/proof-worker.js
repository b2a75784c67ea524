// Finds a number behind a challenge, so that the SHA-256 of "challenge.number" begins with so many zero bits.
// An own SHA-256 (FIPS 180-4): the one of the browser answers later each time, and is missing on plain http.

const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const START = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);
const schedule = new Int32Array(64);

// One block of 16 words, from `at`, goes into the state.
function compress(state, words, at) {
  const w = schedule;
  for (let i = 0; i < 16; i += 1) w[i] = words[at + i];
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

function leadingZeroBits(state) {
  let bits = 0;
  for (const word of state) {
    bits += Math.clz32(word);
    if (word !== 0) break;
  }
  return bits;
}

// Challenge and number are plain ASCII. What fills whole blocks is hashed once; behind it only digits change.
function solve(challenge, difficulty) {
  const text = `${challenge}.`;
  const fixed = text.length - (text.length % 64);
  const begun = START.slice();
  const words = new Int32Array(32);
  const put = (at, byte) => {
    const shift = 24 - (at % 4) * 8;
    words[at >> 2] = (words[at >> 2] & ~(0xff << shift)) | (byte << shift);
  };
  for (let block = 0; block < fixed; block += 64) {
    for (let i = 0; i < 64; i += 1) put(i, text.charCodeAt(block + i));
    compress(begun, words, 0);
  }

  const state = new Int32Array(8);
  const first = text.length - fixed;
  for (let digits = 1; digits <= 15; digits += 1) {
    const end = first + digits;
    const blocks = end + 9 <= 64 ? 1 : 2;
    words.fill(0);
    for (let i = 0; i < first; i += 1) put(i, text.charCodeAt(fixed + i));
    for (let i = first; i < end; i += 1) put(i, i === first && digits > 1 ? 49 : 48);
    put(end, 0x80);
    words[blocks * 16 - 1] = (fixed + end) * 8;

    const number = Array.from({ length: digits }, (_, i) => (i === 0 && digits > 1 ? 1 : 0));
    for (;;) {
      state.set(begun);
      compress(state, words, 0);
      if (blocks === 2) compress(state, words, 16);
      if (state[0] >>> (32 - Math.min(difficulty, 31)) === 0 && leadingZeroBits(state) >= difficulty) {
        return text + number.join("");
      }
      // The next number, in place; when all digits were nines one more digit begins.
      let at = digits - 1;
      while (at >= 0 && number[at] === 9) {
        number[at] = 0;
        put(first + at, 48);
        at -= 1;
      }
      if (at < 0) break;
      number[at] += 1;
      put(first + at, 48 + number[at]);
    }
  }
  return null;
}

self.onmessage = ({ data }) => {
  const begin = Date.now();
  self.postMessage({ solution: solve(data.challenge, data.difficulty), milliseconds: Date.now() - begin });
};
