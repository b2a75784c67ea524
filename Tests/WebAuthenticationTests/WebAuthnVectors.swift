/// A passkey's life as another implementation writes it: added once, used once.
///
/// Made with Python: `fido2` 1.2.0 wrote CBOR, COSE and authenticator data, `cryptography` 44.0.3 signed; `soft-webauthn` 0.1.4;
/// and, through a page with our script, the virtual authenticator of Chromium 156. All but ES384, which it does not know, were
/// accepted by `webauthn` 2.7.1 too.
struct WebAuthnVector: Sendable, CustomStringConvertible {
    let description: String
    let host: String
    let origin: String
    let algorithm: Int64
    let credentialID: String
    let creationChallenge: String
    let creationClientData: String
    let attestationObject: String
    let requestChallenge: String
    let requestClientData: String
    let authenticatorData: String
    let signature: String
    let userHandle: String
    let signCount: Int64

    static let all = [
        WebAuthnVector(
            description: "fido2 ES256 packed",
            host: "quern.example",
            origin: "https://quern.example",
            algorithm: -7,
            credentialID: "OHQtcQRBFj0MbEvA7atLrgj61fPRtKk-HxAT9HuFZoI",
            creationChallenge: "y_zsgdurWKu_bWDyLcKxWG20UtdEmJTHXDLm-QFv1eo",
            creationClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoieV96c2dkdXJXS3VfYldEeUxjS3hXRzIwVXRkRW1KVEhYRExtLVFGdjFlbyIs\
                Im9yaWdpbiI6Imh0dHBzOi8vcXVlcm4uZXhhbXBsZSIsImNyb3NzT3JpZ2luIjpmYWxzZX0
                """,
            attestationObject: """
                o2NmbXRmcGFja2VkZ2F0dFN0bXSiY2FsZyZjc2lnWEcwRQIgT_kR8fii6gAA0PT53Iaa9SUowRzJtmfx77xTQbKQvuMCIQDqgJOaZuGTbeJTXB2_\
                8PyZ3Jasj3TlkwgjGeVhRwtp8GhhdXRoRGF0YVikeY1l5dyHGmberH64PgZhf-\
                4FVSAIIEO3Hls_ndWhUsZdAAAAAAARIjNEVWZ3iJmqu8zd7v8AIDh0LXEEQRY9DGxLwO2rS64I-\
                tXz0bSpPh8QE_R7hWaCpQECAyYgASFYIJ_OsyckXQ8xUuCxOdjlb88znkTL_T7x5WknluSUowIdIlggJV4wPhXIx1eqsK0qzMNC9MUGu4t6WHQPw\
                qDMK_rOEJI
                """,
            requestChallenge: "SmyJ307tJuDS0zrytB6faB8AggHYXItukOQ4QIGiUhs",
            requestClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiU215SjMwN3RKdURTMHpyeXRCNmZhQjhBZ2dIWVhJdHVrT1E0UUlHaVVocyIsIm9y\
                aWdpbiI6Imh0dHBzOi8vcXVlcm4uZXhhbXBsZSIsImNyb3NzT3JpZ2luIjpmYWxzZX0
                """,
            authenticatorData: "eY1l5dyHGmberH64PgZhf-4FVSAIIEO3Hls_ndWhUsadAAAAAKFrY3JlZFByb3RlY3QC",
            signature: """
                MEUCIH_F6tOUBuX9Ywle12yggk8CXFjQvN0Q30LyWj0LNwjvAiEAuBz89KfK3SFRDz08LMPHIUxahn94f-7JVlUhXGzDar4
                """,
            userHandle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            signCount: 0),
        WebAuthnVector(
            description: "fido2 ES384 packed",
            host: "quern.example",
            origin: "https://quern.example",
            algorithm: -35,
            credentialID: "0U375yUaAhppzovrxLEiyPK_heHG7vftVKOxC4PD42M",
            creationChallenge: "6m1a0jP5TcgQ07CJh-rq5Sg7JyCzuNHkyv8n0ddaTlk",
            creationClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiNm0xYTBqUDVUY2dRMDdDSmgtcnE1U2c3SnlDenVOSGt5djhuMGRkYVRsayIs\
                Im9yaWdpbiI6Imh0dHBzOi8vcXVlcm4uZXhhbXBsZSIsImNyb3NzT3JpZ2luIjpmYWxzZX0
                """,
            attestationObject: """
                o2NmbXRmcGFja2VkZ2F0dFN0bXSiY2FsZzgiY3NpZ1hoMGYCMQCl70eLv17Tk8v270evR4z3GPnxaE5AI6DA_0TXHxWDevf9WxEOilkxziSus1I1\
                F9ICMQDysqwGkT4TzAzoQnhigyV2QB21qEfyi4BjOSD9yR1j-tPifDSdKRhOFPlcNY3PjiloYXV0aERhdGFYxXmNZeXchxpm3qx-\
                uD4GYX_uBVUgCCBDtx5bP53VoVLGXQAAAAAAESIzRFVmd4iZqrvM3e7_ACDRTfvnJRoCGmnOi-vEsSLI8r-F4cbu9-\
                1Uo7ELg8PjY6UBAgM4IiACIVgwUjYYWFuntaPBjbLfhIcxFMKo66GnnAMuKXJRcQs8_aMCCTBPnjvQK4vhEU1iBRZiIlgwmDPPzq7OtfdK6gopWY\
                un7oP0ateyKUS4cwqn0on-YSciCYpL6EdG4-AE0U9SJWwn
                """,
            requestChallenge: "piG4ujsitI6clRc8bE2cOWz_fBG38Ci-QB3b8Z_74OI",
            requestClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoicGlHNHVqc2l0STZjbFJjOGJFMmNPV3pfZkJHMzhDaS1RQjNiOFpfNzRPSSIsIm9y\
                aWdpbiI6Imh0dHBzOi8vcXVlcm4uZXhhbXBsZSIsImNyb3NzT3JpZ2luIjpmYWxzZX0
                """,
            authenticatorData: "eY1l5dyHGmberH64PgZhf-4FVSAIIEO3Hls_ndWhUsadAAAAAKFrY3JlZFByb3RlY3QC",
            signature: """
                MGUCMQC2CduwuOd3u9PU5cCzbBq-q-KE0ISJfO94c0NVko4l7qXv82oP_8_sXHIHXz6uMEcCMDiI3X7sDtgKroPo8mk4YZIJ5jl4iioM2hSUIJ-\
                mJt2RegdkKpcswTDc2XbJpkuWtg
                """,
            userHandle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            signCount: 0),
        WebAuthnVector(
            description: "fido2 Ed25519 packed",
            host: "quern.example",
            origin: "https://quern.example",
            algorithm: -8,
            credentialID: "suO9cuVQhu4LwCUnMqL-pXIfMkaT0buBJqk9oF0rgD4",
            creationChallenge: "Ks0DPES81XShWZyG9t-RthMEReykghGr33jQk4OkcD8",
            creationClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiS3MwRFBFUzgxWFNoV1p5Rzl0LVJ0aE1FUmV5a2doR3IzM2pRazRPa2NEOCIs\
                Im9yaWdpbiI6Imh0dHBzOi8vcXVlcm4uZXhhbXBsZSIsImNyb3NzT3JpZ2luIjpmYWxzZX0
                """,
            attestationObject: """
                o2NmbXRmcGFja2VkZ2F0dFN0bXSiY2FsZydjc2lnWEDNw9nCRkI71H2Mkp_vVPsXLMgHpz7BDTZYimafIre_sYK6hxP8J0eWTnNKY_-\
                qh5A5qv64EKBCSH-RzkMyKu4CaGF1dGhEYXRhWIF5jWXl3IcaZt6sfrg-\
                BmF_7gVVIAggQ7ceWz-d1aFSxl0AAAAAABEiM0RVZneImaq7zN3u_wAgsuO9cuVQhu4LwCUnMqL-\
                pXIfMkaT0buBJqk9oF0rgD6kAQEDJyAGIVggrqHuNliYmpKtV1sXXvXBIiHzYhn24lsP8dLXUWMcXUU
                """,
            requestChallenge: "GJwgB_ZSwjkQZhaahO-kBrFR8QadCYazRuTwZWRZnM4",
            requestClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiR0p3Z0JfWlN3amtRWmhhYWhPLWtCckZSOFFhZENZYXpSdVR3WldSWm5NNCIsIm9y\
                aWdpbiI6Imh0dHBzOi8vcXVlcm4uZXhhbXBsZSIsImNyb3NzT3JpZ2luIjpmYWxzZX0
                """,
            authenticatorData: "eY1l5dyHGmberH64PgZhf-4FVSAIIEO3Hls_ndWhUsadAAAAAKFrY3JlZFByb3RlY3QC",
            signature: """
                TYXJVYUrwYnaK0OVmw9NdZSpvXQdzw0F2I0MBMbGDZahzdrjtibymH6zduC8KJT1dIo2AuLF8F2XETL0ajgKCA
                """,
            userHandle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            signCount: 0),
        WebAuthnVector(
            description: "fido2 RS256 packed",
            host: "quern.example",
            origin: "https://quern.example",
            algorithm: -257,
            credentialID: "ifFJK79255KamDlA1JCANagvC7UDG70pK1a9jI_fR0A",
            creationChallenge: "4BT9UxmU05XVHBhAKqw8gdR30rv7brJAIgDu5Ild8Ew",
            creationClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiNEJUOVV4bVUwNVhWSEJoQUtxdzhnZFIzMHJ2N2JySkFJZ0R1NUlsZDhFdyIs\
                Im9yaWdpbiI6Imh0dHBzOi8vcXVlcm4uZXhhbXBsZSIsImNyb3NzT3JpZ2luIjpmYWxzZX0
                """,
            attestationObject: """
                o2NmbXRmcGFja2VkZ2F0dFN0bXSiY2FsZzkBAGNzaWdZAQAGfPk0ytgObBiXT1SsF9WL9JPuAmtTjOs48mnNLJzTE7aXvlc6rSCX0YuteJiCVBSJ\
                KbbSTdrRjte4VG72XhzxOKdp97-OlYrFZQDHXyoZXB4YIyCEyCSBN5FPBv5O-\
                QFmMQmAIJAKP6vMr7SyD_3NTDcIJxfI1WBhBMnMGem4tlbNvmvN20Y1m5wArQtKF7F9YdV9o_VoXbIMVSvLH5iwomf_RA_EE-\
                3_5BGYp5OK5otOt_Ud31zNr6-\
                VYwOXotG7wdJzlGN4mKahrB5ZONsJNwhzwfDlQ2nsSZaIllTkv2tc5cJvAFe0MpRdG5vlogSVOwN8MSfzHBKOTeMyJLDLaGF1dGhEYXRhWQFneY1\
                l5dyHGmberH64PgZhf-\
                4FVSAIIEO3Hls_ndWhUsZdAAAAAAARIjNEVWZ3iJmqu8zd7v8AIInxSSu_dueSmpg5QNSQgDWoLwu1Axu9KStWvYyP30dApAEDAzkBACBZAQDNQp\
                OsBsRWajWir3OGmGkkiRgQeAgEr3qBWp9upwpJPzz2ZyL4e5QYJpsx-\
                E5ft2uKVsCqETjGjllZEKeIwmhPmLGgoQsmHD3UdY4TZcKCN3MAj0h2NBM0gOPi7tkfdQtmK_CU30_Hf3x3K_HyWiaXAj66PTSeB18DUWheThYgq\
                N05H_UUmEGavvbZjI9mjf47uYIbzcfXQBQgT3zpYkVEC9NJFlnWVUYk2etn4cRXKdPLeoSWfnic8CGMmKsDwINmLYzGMD1JE2g_7eltQ91ieWocS\
                ccnq2RBXmVBxAxC6kQyIkn8w9xKVJxc3YVm_sCJIDT4X4r8F8drn8JBu0RtIUMBAAE
                """,
            requestChallenge: "OCZMiMvX9EQLp1_C6GRH4NgWodTAYssuKF_49NVCJbA",
            requestClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiT0NaTWlNdlg5RVFMcDFfQzZHUkg0TmdXb2RUQVlzc3VLRl80OU5WQ0piQSIsIm9y\
                aWdpbiI6Imh0dHBzOi8vcXVlcm4uZXhhbXBsZSIsImNyb3NzT3JpZ2luIjpmYWxzZX0
                """,
            authenticatorData: "eY1l5dyHGmberH64PgZhf-4FVSAIIEO3Hls_ndWhUsadAAAAAKFrY3JlZFByb3RlY3QC",
            signature: """
                uMDw52L5Y5Z_euND2VP4k61wzHH-yoHgAh6tQrtzyv9pbn08srNbDG9MDDac3C3stRArk4y74e-\
                P7CYLIAnD4JS1fZX7ZbY8DCKKAH4tqd8BDS20fzJS9_uw3jguzUn36dYYmj3dXrJMmf-ldinBD_sN6zchfXmSyMtc1cyfX9mTFRefdnYPX7f3_YJ\
                YtfGv09RHjHh1pDzJK2x067824rtrYgfclDMEzPfCcb9Rkw9M63wr7ucHIofLjwkYfSiWLJWUU-\
                qeI9x1TxcW0WelcOofa8ZSYLljzGOfE_wYB5flUg75g7ajZeJJFhaibS5kwGeZsPiiyh3SPxRxEz0yJQ
                """,
            userHandle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            signCount: 0),
        WebAuthnVector(
            description: "soft-webauthn ES256",
            host: "quern.example",
            origin: "https://quern.example",
            algorithm: -7,
            credentialID: "iOWrry-z-WWTU2uOnelnVooll0bYKU2S4_Vzazob2L4",
            creationChallenge: "MvvvYR9PSnqq43fl23kn7EZlSUUc6C3EFf4rovb0Dm8",
            creationClientData: """
                eyJ0eXBlIjogIndlYmF1dGhuLmNyZWF0ZSIsICJjaGFsbGVuZ2UiOiAiTXZ2dllSOVBTbnFxNDNmbDIza243RVpsU1VVYzZDM0VGZjRyb3ZiMERt\
                OCIsICJvcmlnaW4iOiAiaHR0cHM6Ly9xdWVybi5leGFtcGxlIn0
                """,
            attestationObject: """
                o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikeY1l5dyHGmberH64PgZhf-\
                4FVSAIIEO3Hls_ndWhUsZBAAAAAAAAAAAAAAAAAAAAAAAAAAAAIIjlq68vs_llk1Nrjp3pZ1aKJZdG2ClNkuP1c2s6G9i-\
                pQECAyYgASFYIAJUBV5dr8DXUPxFh9uPrKnFtI5W7YRbPeqaWV5T2cJ3IlggsQmmcgQ_m2-cYWlw_mmFHq9BCM69JFS2Q06uRs9sba4
                """,
            requestChallenge: "ytp8MWOG_7TPCSlt7HoQh7YJYI1iV8SB6XJX5nLFm-c",
            requestClientData: """
                eyJ0eXBlIjogIndlYmF1dGhuLmdldCIsICJjaGFsbGVuZ2UiOiAieXRwOE1XT0dfN1RQQ1NsdDdIb1FoN1lKWUkxaVY4U0I2WEpYNW5MRm0tYyIs\
                ICJvcmlnaW4iOiAiaHR0cHM6Ly9xdWVybi5leGFtcGxlIn0
                """,
            authenticatorData: "eY1l5dyHGmberH64PgZhf-4FVSAIIEO3Hls_ndWhUsYBAAAAAQ",
            signature: """
                MEYCIQDIDrpOlRMo--yKwWw9fN_-RhQGZ9zHqFMbeZkL-sPEdgIhAIFfmHU-p4sGwO3PFDVE9uuyCwCJjjP-rRd-Dld0519z
                """,
            userHandle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            signCount: 1),
        WebAuthnVector(
            description: "Chromium ES256",
            host: "localhost",
            origin: "http://localhost:18431",
            algorithm: -7,
            credentialID: "iBqwopIBpZZbuEMxIkaK2Fo2ep73lYues9G09NxKGYw",
            creationChallenge: "yodzq9VucrHGpLDrateSJC_PMToh6mCGfxsdBiQextU",
            creationClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoieW9kenE5VnVjckhHcExEcmF0ZVNKQ19QTVRvaDZtQ0dmeHNkQmlRZXh0VSIs\
                Im9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTg0MzEiLCJjcm9zc09yaWdpbiI6ZmFsc2V9
                """,
            attestationObject: """
                o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NdAAAAAQECAwQFBgcIAQIDBAUGBwgA\
                IIgasKKSAaWWW7hDMSJGithaNnqe95WLnrPRtPTcShmMpQECAyYgASFYIMu5J9g7uMBPAHCO65ob3w9CWWQLT3VboadPirDGLlweIlggMUlSCpWO\
                SWxRrD5V-YAB110Avg5EU9Nizyi4EOBuvY8
                """,
            requestChallenge: "hI8iBxFoRR7Yjm27PdD0u26JSdKa5SqyYExGDBqFXZM",
            requestClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiaEk4aUJ4Rm9SUjdZam0yN1BkRDB1MjZKU2RLYTVTcXlZRXhHREJxRlhaTSIsIm9y\
                aWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTg0MzEiLCJjcm9zc09yaWdpbiI6ZmFsc2V9
                """,
            authenticatorData: "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MdAAAAAg",
            signature: """
                MEQCIHtj6eKArm5pcHU5WWCRjRYQLR2Y-ThY648NGXfTNTdNAiB-roMclEYkRpOzwXDRYT_7XOpXBo9Hm8RlcMnVwW5zZA
                """,
            userHandle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            signCount: 2),
        WebAuthnVector(
            description: "Chromium Ed25519",
            host: "localhost",
            origin: "http://localhost:18431",
            algorithm: -8,
            credentialID: "ZHX6ym4-R5HoBUqDb69GTAZIrBazuepL5evGalKI5oQ",
            creationChallenge: "K5C780ePo3dzNfiARtnTBbWnghY8tIK8r8C7TI46Sg0",
            creationClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiSzVDNzgwZVBvM2R6TmZpQVJ0blRCYlduZ2hZOHRJSzhyOEM3VEk0NlNnMCIs\
                Im9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTg0MzEiLCJjcm9zc09yaWdpbiI6ZmFsc2UsIm90aGVyX2tleXNfY2FuX2JlX2FkZGVkX2hlcmUi\
                OiJkbyBub3QgY29tcGFyZSBjbGllbnREYXRhSlNPTiBhZ2FpbnN0IGEgdGVtcGxhdGUuIFNlZSBodHRwczovL2dvby5nbC95YWJQZXgifQ
                """,
            attestationObject: """
                o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YViBSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQFBgcIAQIDBAUGBwgA\
                IGR1-spuPkeR6AVKg2-vRkwGSKwWs7nqS-XrxmpSiOaEpAEBAycgBiFYIGC744AjRLpeODC-Q-KHYQf8PsKiHGFwTbNBFWHY5XKg
                """,
            requestChallenge: "TJI0Xu_I7IyhmCBz-U_8FSmxYPlgk7dEOvalbofJLRg",
            requestClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiVEpJMFh1X0k3SXlobUNCei1VXzhGU214WVBsZ2s3ZEVPdmFsYm9mSkxSZyIsIm9y\
                aWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTg0MzEiLCJjcm9zc09yaWdpbiI6ZmFsc2V9
                """,
            authenticatorData: "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg",
            signature: """
                7Y7GOsYgyz9kj44UU1lFkefVGQC8sfURV5pvHZD9aXGZohwWoYFReHviLhIOkvXbon8tEcbKHdy9E4aePUiuDw
                """,
            userHandle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            signCount: 2),
        WebAuthnVector(
            description: "Chromium RS256",
            host: "localhost",
            origin: "http://localhost:18431",
            algorithm: -257,
            credentialID: "9MQhC0uXm-1MBOfKd596Fz0lvaQOHwqpdXmb2TT65x4",
            creationChallenge: "Z-tKlG6aqcHH4MPIQZsYd78vtvjoxNzh75O_aGh8Tjg",
            creationClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiWi10S2xHNmFxY0hINE1QSVFac1lkNzh2dHZqb3hOemg3NU9fYUdoOFRqZyIs\
                Im9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTg0MzEiLCJjcm9zc09yaWdpbiI6ZmFsc2V9
                """,
            attestationObject: """
                o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVkBZ0mWDeWIDoxodDQXD2R2YFuP5K65ooYyx5lc87qDHZdjRQAAAAEBAgMEBQYHCAECAwQFBgcI\
                ACD0xCELS5eb7UwE58p3n3oXPSW9pA4fCql1eZvZNPrnHqQBAwM5AQAgWQEA77szs-mKlIG65TIlHYBgjH1dqZFy6z10e5H71HPqfBBBderZGHYy\
                Lpv43K7_CJ7bKbU6E_3qh3WGcO-3zleyQ4V3dR_Sb_09QWF8Yc9QdF07ZAy-f7CToc1Q2WDfiywUXN1v8JfMyAEFGB-\
                jEhAMC1JotxiMOjdzpNOaM23v4T7-20AzfNbfz97X8oUuNP1uqVZOgHkpkM-ZCmWUC6vCW_xXf7kEXRo4wUX-Nuln-\
                V8yePt9rLT1aONvZuu8Vuw4mnFJpc6u-1efT2QBgnuu63F8UuAP6nM_J3kFHS2DNApcAP4aqfBAYQeKf-\
                L9VkNFHCQE8jXbJObDuqBNdgIAtSFDAQAB
                """,
            requestChallenge: "EJUflEcKwywg4YFSfIJK_Oq1OkkRpHR5TOLCgbtgFGk",
            requestClientData: """
                eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiRUpVZmxFY0t3eXdnNFlGU2ZJSktfT3ExT2trUnBIUjVUT0xDZ2J0Z0ZHayIsIm9y\
                aWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTg0MzEiLCJjcm9zc09yaWdpbiI6ZmFsc2V9
                """,
            authenticatorData: "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg",
            signature: """
                uUr-DMqJ3Izz8nte1LpoenyRP14XaScm-v95w-wmeLSK9xV4ePgaeuHjsIzKVjA16Jb0S-\
                K_lRCjrWCFLlUwhjbJC0WqZYqL1TG3CjCU36zNGfS5uFrYJueWk4MCrOGpszlxOyvejirztrqy09z2OaWAEvo8aQR_3Y4H7GH9CRRTEdue5uXoDK\
                SPUCiqDPpIYM15Y7-\
                3LzgfubNWRqMM6UwTeLwB2Oz2Xug5UD_9pU9wKtMpmliZ_cN327KCPBdpPdG5xJrdV7zBeckyiMbjOKzRHqh_11UcfhDBty-\
                H79AnhkHGL3rWC8Rlhp81xNBgHbrgqRTCv7tSU74tWOpoXw
                """,
            userHandle: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            signCount: 2),
    ]
}
