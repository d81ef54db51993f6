import {
  assert,
  assertArrayIncludes,
  assertEquals,
  AssertionError,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
} from "@std/assert";

/** The message of the failing assertion in `call`. */
function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error("the assertion held");
}

/** Equal and unequal pairs, by name. */
const circle: { self?: unknown } = {};
circle.self = circle;
const ring: { self?: unknown } = {};
ring.self = ring;

const ALIKE: Record<string, [unknown, unknown]> = {
  "objects in another order": [{ a: 1, b: 2 }, { b: 2, a: 1 }],
  "NaN": [NaN, NaN],
  "dates": [new Date(5), new Date(5)],
  "maps by content": [new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]])],
  "sets in another order": [new Set([1, [2]]), new Set([[2], 1])],
  "bytes": [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  "an object without prototype": [Object.create(null), {}],
  "cycles": [circle, ring],
  "errors": [new TypeError("x"), new TypeError("x")],
};
for (const [name, [one, other]] of Object.entries(ALIKE)) {
  Deno.test(`equal() is true for ${name}`, () => {
    assert(equal(one, other));
    assertEquals(one, other);
    messageOf(() => assertNotEquals(one, other));
  });
}

class Point {
  constructor(readonly x: number) {}
}

const UNLIKE: Record<string, [unknown, unknown]> = {
  "numbers": [1, 2],
  "a number and its text": [1, "1"],
  "null and undefined": [null, undefined],
  "zero and its negative": [0, -0],
  "an absent and an undefined field": [{}, { a: undefined }],
  "an extra field": [{ a: 1, b: 2 }, { a: 1 }],
  "another class": [new Point(1), { x: 1 }],
  "another order of a list": [[1, 2], [2, 1]],
  "dates": [new Date(5), new Date(6)],
  "patterns": [/a/, /a/g],
  "URLs": [new URL("http://a"), new URL("http://b")],
  "maps": [new Map([[1, 2]]), new Map([[1, 3]])],
  "sets": [new Set([1]), new Set([2])],
  "symbols' values": [{ [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }],
  "errors": [new TypeError("x"), new TypeError("y")],
  "promises": [Promise.resolve(1), Promise.resolve(1)],
};
for (const [name, [one, other]] of Object.entries(UNLIKE)) {
  Deno.test(`equal() is false for ${name}`, () => {
    assert(!equal(one, other));
    assertNotEquals(one, other);
    messageOf(() => assertEquals(one, other));
  });
}

Deno.test("assertEquals() shows the difference and the message", () => {
  const message = messageOf(() =>
    assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "of the pair")
  );
  assertMatch(message, /- {3}b: 2/);
  assertMatch(message, /\+ {3}b: 3/);
  assertMatch(message, /of the pair$/);
});

Deno.test("assertStrictEquals() distinguishes equal from identical values", () => {
  const one = { a: 1 };
  assertStrictEquals(one, one);
  assertMatch(messageOf(() => assertStrictEquals(one, { a: 1 })), /alike/);
});

Deno.test("assertThrows() checks and returns the error", () => {
  const error = assertThrows(
    () => {
      throw new RangeError("too far");
    },
    RangeError,
    "far",
  );
  assertEquals(error.message, "too far");
  messageOf(() => assertThrows(() => {}));
  messageOf(() =>
    assertThrows(() => {
      throw new RangeError("too far");
    }, TypeError)
  );
  messageOf(() =>
    assertThrows(
      () => {
        throw new RangeError("too far");
      },
      RangeError,
      "near",
    )
  );
});

Deno.test("assertRejects() requires a rejected promise", async () => {
  const error = await assertRejects(
    () => Promise.reject(new TypeError("gone")),
    TypeError,
  );
  assertEquals(error.message, "gone");
  const settled = assertRejects(() => Promise.resolve(1));
  await assertRejects(() => settled, AssertionError);
  const early = assertRejects(() => {
    throw new Error("early");
  });
  await assertRejects(() => early, AssertionError, "before a promise");
});

Deno.test("string, array and object matches pass or fail", () => {
  assertStringIncludes("portico", "tic");
  messageOf(() => assertStringIncludes("portico", "x"));
  assertArrayIncludes([{ a: 1 }, 2], [{ a: 1 }]);
  messageOf(() => assertArrayIncludes([1], [2]));
  assertObjectMatch({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1 } });
  messageOf(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }));
});
