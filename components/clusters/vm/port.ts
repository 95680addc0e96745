/** Port of the API, and of what machines ask to join. In a file of its own: what reads settings signs nothing. */
export const API_PORT = 6443;
