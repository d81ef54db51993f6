export { default, handler } from "@/routes/account/credentials.tsx";
