import {
  type BrandConfig,
  DEFAULT_BRAND_NAME,
  logoSource,
} from "@/lib/config/brand.ts";
import { Logo } from "./Logo.tsx";

/** The business's logo and name. */
export function Brand({ brand }: { brand: BrandConfig }) {
  return (
    <>
      {brand.logo && (
        <img class="brand-logo" src={logoSource(brand.logo)} alt="" />
      )}
      {isPortico(brand) && <Logo />}
      <span class="brand-name">{brand.name}</span>
    </>
  );
}

/** Reports whether the pages show Portico's own mark. */
export function isPortico({ name, logo }: BrandConfig): boolean {
  return logo === null && name === DEFAULT_BRAND_NAME;
}
