import { expect, test } from "vitest";
import { aptSettings, debianSources } from "./debian-root.ts";
import { ImageBuildError } from "./errors.ts";

test("the base image's packages come from where the machine's own come from", () => {
  const targets = [
    "Debian bookworm main http://mirror/debian/",
    "Debian bookworm contrib http://mirror/debian/",
    "Debian bookworm-security main http://mirror/debian-security/",
    "Docker bookworm stable https://elsewhere/linux/debian/",
    "Debian bookworm main http://mirror/debian/",
    "",
  ].join("\n");
  expect(debianSources(targets)).toBe(
    "deb http://mirror/debian/ bookworm main\ndeb http://mirror/debian-security/ bookworm-security main\n",
  );
});

test("a machine of another Debian release has them from the same archive", () => {
  const targets =
    "Debian trixie main http://mirror/debian/\nDebian trixie-updates main http://mirror/debian/\n";
  expect(debianSources(targets)).toBe(
    "deb http://mirror/debian/ bookworm main\ndeb http://mirror/debian/ bookworm-updates main\n",
  );
});

test("a machine without Debian sources is told what to do instead", () => {
  expect(() => debianSources("Ubuntu noble main http://mirror/ubuntu/\n")).toThrow(ImageBuildError);
  expect(() => debianSources("")).toThrow(/--context NAME/);
});

test("of apt's settings, those that decide whether a source can be reached", () => {
  const dump = [
    'Acquire::Check-Valid-Until "false";',
    'Acquire::http "";',
    'Acquire::http::Proxy "http://proxy:3128";',
    'Acquire::http::Proxy::mirror "DIRECT";',
    'Acquire::https::CAInfo "/etc/ssl/ca.pem";',
    'Acquire::Languages "none";',
    'APT::Install-Recommends "false";',
  ].join("\n");
  expect(aptSettings(dump)).toEqual([
    'Acquire::Check-Valid-Until "false";',
    'Acquire::http::Proxy "http://proxy:3128";',
    'Acquire::http::Proxy::mirror "DIRECT";',
    'Acquire::https::CAInfo "/etc/ssl/ca.pem";',
  ]);
});
