using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;

/// <summary>
/// Hands a reader who is logged in at "My Library" over to a service of the consortium.
///
/// .NET Framework 4.5, .NET or Mono, nothing else. HS256: the key file holds the secret that the
/// hub has too. In a web page, write what Page() returns; never let it be cached.
/// </summary>
public static class Link
{
    static string Base64Url(byte[] data)
    {
        return Convert.ToBase64String(data).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <summary>A JSON string; everything but plain letters is escaped.</summary>
    static string Quoted(string text)
    {
        var written = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c >= ' ' && c < 127 && c != '"' && c != '\\') written.Append(c);
            else written.Append("\\u").Append(((int)c).ToString("x4"));
        }
        return written.Append('"').ToString();
    }

    public static string Token(string key, string member, string address, string reader, string service,
        IDictionary<string, string> attributes)
    {
        long now = (long)(DateTime.UtcNow - new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc)).TotalSeconds;
        var jti = new byte[16];
        using (var random = RandomNumberGenerator.Create()) random.GetBytes(jti);
        var named = new List<string>();
        foreach (var each in attributes) named.Add(Quoted(each.Key) + ":" + Quoted(each.Value));
        string claims = "{\"iss\":" + Quoted(member) + ",\"aud\":" + Quoted(address)
            + ",\"iat\":" + now + ",\"exp\":" + (now + 60)
            + ",\"jti\":" + Quoted(Base64Url(jti)) + ",\"sub\":" + Quoted(reader)
            + ",\"target\":" + Quoted(service) + ",\"attributes\":{" + string.Join(",", named) + "}}";
        string signed = Base64Url(Encoding.UTF8.GetBytes("{\"alg\":\"HS256\"}")) + "."
            + Base64Url(Encoding.UTF8.GetBytes(claims));
        using (var mac = new HMACSHA256(Encoding.UTF8.GetBytes(key.Trim())))
        {
            return signed + "." + Base64Url(mac.ComputeHash(Encoding.ASCII.GetBytes(signed)));
        }
    }

    public static string Page(string address, string token)
    {
        // Neither holds a character that HTML would read: an address of the hub, and base64url.
        return "<!doctype html><meta charset=\"utf-8\"><title>…</title>"
            + "<form method=\"post\" action=\"" + address + "\">"
            + "<input type=\"hidden\" name=\"token\" value=\"" + token + "\">"
            + "<button>继续 · Continue</button></form>"
            + "<script>document.forms[0].submit()</script>";
    }

    /// <summary>Link READER SERVICE NAME=VALUE…, with LINK_KEY_FILE, LINK_MEMBER, LINK_ADDRESS set.</summary>
    public static void Main(string[] args)
    {
        var attributes = new Dictionary<string, string>();
        for (int i = 2; i < args.Length; i++)
        {
            string[] pair = args[i].Split(new[] { '=' }, 2);
            attributes[pair[0]] = pair[1];
        }
        string address = Environment.GetEnvironmentVariable("LINK_ADDRESS");
        string key = File.ReadAllText(Environment.GetEnvironmentVariable("LINK_KEY_FILE"));
        string token = Token(key, Environment.GetEnvironmentVariable("LINK_MEMBER"), address, args[0], args[1], attributes);
        using (var written = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)))
        {
            written.Write(Page(address, token));
        }
    }
}
