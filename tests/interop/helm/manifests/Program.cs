using System.Reflection;
using k8s;

// Loads every manifest into the types of the Kubernetes API: a field that the API does not know, or of another type, is an error.
// usage: Manifests DIRECTORY...   each with a manifests.yaml; prints "CASE KIND NAME" per manifest, and problems on standard error.
var types = typeof(k8s.Models.V1Pod).Assembly.GetTypes()
    .Select(type => (type, entity: type.GetCustomAttribute<k8s.Models.KubernetesEntityAttribute>()))
    .Where(pair => pair.entity is not null)
    .ToDictionary(
        pair => $"{(pair.entity!.Group is "" ? "" : pair.entity.Group + "/")}{pair.entity.ApiVersion}/{pair.entity.Kind}",
        pair => pair.type);
var problems = 0;
foreach (var directory in args)
{
    var text = await File.ReadAllTextAsync(Path.Combine(directory, "manifests.yaml"));
    foreach (var manifest in text.Split("---\n# Source: ", StringSplitOptions.RemoveEmptyEntries))
    {
        try
        {
            var body = manifest[(manifest.IndexOf('\n') + 1)..];
            var kind = KubernetesYaml.Deserialize<KubernetesObject>(body);
            if (!types.TryGetValue($"{kind.ApiVersion}/{kind.Kind}", out var type))
            {
                Console.WriteLine($"{Path.GetFileName(directory)} {kind.Kind} not-in-the-api");
                continue;
            }

            var loaded = (IKubernetesObject<k8s.Models.V1ObjectMeta>)KubernetesYaml.LoadAllFromString(
                body, new Dictionary<string, Type> { [$"{kind.ApiVersion}/{kind.Kind}"] = type }, strict: true).Single();
            Console.WriteLine($"{Path.GetFileName(directory)} {kind.Kind} {loaded.Metadata.Name}");
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or InvalidOperationException or InvalidCastException)
        {
            problems++;
            Console.Error.WriteLine($"{Path.GetFileName(directory)}: {manifest[..manifest.IndexOf('\n')]}: {e.Message} {e.InnerException?.Message}");
        }
    }
}

return problems == 0 ? 0 : 1;
