using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace TokenIssuer.Tests.Conventions;

/// <summary>The public surface of an assembly as text: a block for each type, a line for each member.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext s_nullability = new();

    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(NameOf(type)).Append(Parents(type)).Append('\n');
            foreach (var member in MembersOf(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Parents(Type type)
    {
        var parents = type.GetInterfaces().Where(parent => parent.IsPublic && parent.Namespace?.StartsWith("TokenIssuer", StringComparison.Ordinal) == true)
            .Select(NameOf).Order(StringComparer.Ordinal).ToList();
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object))
        {
            parents.Insert(0, NameOf(parent));
        }

        return parents.Count == 0 ? string.Empty : " : " + string.Join(", ", parents);
    }

    private static IEnumerable<string> MembersOf(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}");
        }

        return type.GetConstructors(Declared).Where(IsVisible).Where(IsWritten).Select(one => $"{NameOf(type)}({ParametersOf(one)})")
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Select(field => $"{Modifier(field)}{NameOf(field.FieldType)} {field.Name}"))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsVisible)).Where(IsNoRecordPlumbing).Select(Describe))
            .Concat(type.GetMethods(Declared).Where(method => IsVisible(method) && !method.IsSpecialName && IsWritten(method)).Select(Describe));
    }

    private static string Describe(PropertyInfo property)
    {
        var accessors = string.Join(' ', property.GetAccessors(nonPublic: true).Where(IsVisible).Select(accessor => AccessorOf(property, accessor)));
        return $"{Modifier(property.GetAccessors(nonPublic: true)[0])}{NameOf(property.PropertyType)}{Nullable(s_nullability.Create(property))} {property.Name} {{ {accessors} }}";
    }

    private static string AccessorOf(PropertyInfo property, MethodInfo accessor)
        => accessor == property.GetMethod ? "get;"
            : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;";

    private static string Describe(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>" : string.Empty;
        return $"{Modifier(method)}{NameOf(method.ReturnType)}{Nullable(s_nullability.Create(method.ReturnParameter))} {method.Name}{generic}({ParametersOf(method)})";
    }

    private static string ParametersOf(MethodBase method)
        => string.Join(", ", method.GetParameters().Select(parameter =>
            $"{(parameter.IsOut ? "out " : string.Empty)}{NameOf(parameter.ParameterType)}{Nullable(s_nullability.Create(parameter))} {parameter.Name}{(parameter.IsOptional ? " = " + (parameter.RawDefaultValue ?? "default") : string.Empty)}"));

    private static string Nullable(NullabilityInfo info) => !info.Type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : string.Empty;

    private static string Modifier(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } => "const ",
        FieldInfo { IsStatic: true } or MethodBase { IsStatic: true } => "static ",
        MethodBase { IsAbstract: true, DeclaringType.IsInterface: false } => "abstract ",
        MethodBase { IsFamily: true } => "protected ",
        _ => string.Empty,
    };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>Not what the compiler adds to records and structs, and not what everything has.</summary>
    private static bool IsWritten(MethodBase method)
        => !method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && method.Name is not ("ToString" or "Equals" or "GetHashCode" or "PrintMembers");

    private static bool IsNoRecordPlumbing(PropertyInfo property) => property.Name != "EqualityContract";

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return NameOf(type.GetElementType() ?? type);
        }

        if (type.IsArray)
        {
            return NameOf(type.GetElementType() ?? type) + "[]";
        }

        if (System.Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return NameOf(underlying) + "?";
        }

        var name = type.IsNested && !type.IsGenericParameter ? $"{NameOf(type.DeclaringType ?? type)}.{type.Name}" : QualifiedName(type);
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : name;
    }

    private static string QualifiedName(Type type)
        => type.Namespace?.StartsWith("TokenIssuer", StringComparison.Ordinal) == true && !type.IsGenericParameter ? $"{type.Namespace}.{type.Name}" : type.Name;
}
